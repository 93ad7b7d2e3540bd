using System.Net;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Specs;
using CacheMachine.Host.Registries;
using CacheMachine.Host.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace CacheMachine.Host.Tests.Settings;

public class HostSettingsTests
{
    private static readonly string Reference = Path.Combine(AppContext.BaseDirectory, HostConfiguration.ReferenceFile);

    [Fact]
    public void The_reference_and_a_cluster_are_valid_and_give_the_documented_defaults()
    {
        var settings = Read().Settings!;

        Assert.Equal(
            new HttpSettings(8080, IPAddress.Loopback, "cachemachine", 1024 * 1024, TimeSpan.FromSeconds(30), settings.Http.AllowedHosts),
            settings.Http);
        Assert.Equal(["localhost", "*.localhost"], settings.Http.AllowedHosts);
        var allow = settings.Allow;
        Assert.Equal(
            (false, "1", 1L << 30, 10L << 30), (allow.TolerateEverything, allow.MaxCpu, allow.MaxMemory, allow.MaxEphemeralStorage));
        Assert.Equal<string>(["*", "*", "*"], [.. allow.Registries, .. allow.PriorityClasses, .. allow.Tolerations]);
        Assert.Empty(allow.PullSecrets);
        Assert.Equal(new LimitSettings(1000, 1000), settings.Limits);
        Assert.Equal(new LogSettings(LogLevel.Information, LogProfile.Development, "cachemachine"), settings.Log);
        Assert.Equal(("data", "/etc/cachemachine", "/etc/podinfo"), (settings.Data.Directory, settings.MachinesDirectory, settings.PodInfoDirectory));
        Assert.Equal((null, null), (settings.Data.Postgres, settings.Data.PostgresPasswordFile));
        Assert.Equal((1000, 10L << 20), (settings.Data.History, settings.Data.HistorySize));
        Assert.Equal("/etc/secrets/.dockerconfigjson", settings.Registry.CredentialsFile);
        Assert.Empty(settings.Registry.InsecureHosts);
        Assert.Equal((TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(30)), (settings.Registry.PollInterval, settings.Registry.Timeout));
        var client = settings.Registry.ToOptions();
        var defaults = new RegistryOptions { DockerConfigPath = settings.Registry.CredentialsFile };
        Assert.Equal(defaults, client with { InsecureHosts = defaults.InsecureHosts, TrustedRealms = defaults.TrustedRealms });
        Assert.Equal(new KubernetesSettings(KubernetesMode.Kubeconfig, false, "/kubeconfig", null, null, null), settings.Kubernetes);
        Assert.Equal(
            new PullSettings(
                3, null, 50, 5000, TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), TimeSpan.FromSeconds(90), TimeSpan.FromHours(24),
                new SleeperSource.Auto(),
                settings.Pull.Defaults),
            settings.Pull);
        Assert.Empty(settings.Pull.Defaults.Tolerations);
        Assert.Equal((null, null), (settings.Pull.Defaults.PriorityClass, settings.Pull.Defaults.PullPolicy));
        Assert.Equal(new MachineSettings { LimitsPulls = true }, settings.Pull.ToMachineSettings() with { Defaults = MachineDefaults.None });
        Assert.Equal(
            new ClusterSettings(false, "cachemachine", 16, IPAddress.Loopback, 8081, null, null), settings.Cluster);
    }

    [Fact]
    public void Every_option_of_the_registry_client_can_be_set()
    {
        var options = Read(
            ("registry.credentials-file", "/c"), ("registry.insecure-hosts", "h:5000"), ("registry.trusted-realms", "h=a"),
            ("registry.timeout", "1s"), ("registry.retry-after-max", "2m"), ("registry.requests-per-host", "3"),
            ("registry.page-size", "4"), ("registry.max-pages", "5"), ("registry.max-tags", "6"), ("registry.max-page-size", "7 KiB"),
            ("registry.environment-proxy", "false")).Settings!.Registry.ToOptions();

        var defaults = new RegistryOptions();
        Assert.Equal(["h:5000"], options.InsecureHosts);
        Assert.Equal(["h=a"], options.TrustedRealms);
        Assert.All(typeof(RegistryOptions).GetProperties(), option => Assert.NotEqual(option.GetValue(defaults), option.GetValue(options)));
    }

    [Fact]
    public void Every_key_of_the_reference_is_read_and_every_key_read_is_in_the_reference()
    {
        var inReference = new ConfigurationBuilder().Add(HoconFile.Read(Reference)).Build().AsEnumerable()
            .Where(setting => setting.Value is not null).Select(setting => setting.Key.Replace(':', '.'));

        var read = HostSettings.From(new ConfigurationBuilder().Build()).KeysRead;

        Assert.Equal(inReference.Order(StringComparer.Ordinal), read.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_key_of_the_reference_is_commented()
    {
        var lines = File.ReadAllLines(Reference);
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].Contains(" = ", StringComparison.Ordinal) || lines[i].TrimStart().StartsWith('#'))
                continue;
            // Two keys that form a range share a comment.
            var above = lines[i].TrimStart().Contains("-max = ", StringComparison.Ordinal) ? lines[i - 2] : lines[i - 1];
            Assert.True(above.TrimStart().StartsWith('#'), $"line {i + 1} of reference.conf has no comment above it: {lines[i]}");
        }
    }

    [Fact]
    public void Without_the_reference_every_key_is_reported_as_missing()
    {
        var result = HostSettings.From(new ConfigurationBuilder().Build());

        Assert.Null(result.Settings);
        Assert.All(result.KeysRead, k => Assert.Contains(result.Faults, f => f.Key == k && f.Value is null));
    }

    [Theory]
    [InlineData("http.port", "65536", "from 0 to 65535")]
    [InlineData("http.port", "-1", "from 0 to 65535")]
    [InlineData("http.port", "eighty", "from 0 to 65535")]
    [InlineData("http.bind-address", "localhost", "an IP address or auto")]
    [InlineData("http.prefix", "a/b", "letters, digits")]
    [InlineData("http.prefix", "..", "letters, digits")]
    [InlineData("http.max-body-size", "1000", "from 1024 to 67108864 bytes")]
    [InlineData("http.max-body-size", "1 GiB", "from 1024 to 67108864 bytes")]
    [InlineData("http.body-timeout", "11m", "from 1s to 10m")]
    [InlineData("http.allowed-hosts", "example.org:8080", "auto, HOST, *.DOMAIN or *")]
    [InlineData("http.allowed-hosts", "http://example.org", "auto, HOST, *.DOMAIN or *")]
    [InlineData("allow.registries", "https://x", "HOST, HOST:PORT, *.DOMAIN or *")]
    [InlineData("allow.priority-classes", "A b", "a Kubernetes name")]
    [InlineData("allow.image-pull-secrets", "*", "a Kubernetes name")]
    [InlineData("allow.tolerations", "a:NoSchedule", "the key of a taint")]
    [InlineData("allow.tolerate-everything", "maybe", "true or false")]
    [InlineData("allow.max-cpu", "1e99", "a Kubernetes quantity")]
    [InlineData("allow.max-memory", "1 EiB", "bytes")]
    [InlineData("allow.max-ephemeral-storage", "-1", "bytes")]
    [InlineData("limits.machines", "0", "from 1 to 100000")]
    [InlineData("limits.images-per-machine", "0", "from 1 to 100000")]
    [InlineData("log.level", "loud", "one of trace, debug")]
    [InlineData("log.profile", "staging", "one of development, production")]
    [InlineData("log.logger", "", "1 to 100 characters")]
    [InlineData("data.dir", "", "a path")]
    [InlineData("data.postgres-password-file", "/etc/x", "of no use without data.postgres")]
    [InlineData("data.history", "-1", "from 0 to 100000")]
    [InlineData("data.history-size", "1 KiB", "from 65536 to 1073741824 bytes")]
    [InlineData("machines-dir", " ", "a path")]
    [InlineData("podinfo-dir", "a\0b", "a path")]
    [InlineData("registry.credentials-file", "", "a path")]
    [InlineData("registry.insecure-hosts", "http://x", "HOST or HOST:PORT")]
    [InlineData("registry.insecure-hosts", "x:70000", "HOST or HOST:PORT")]
    [InlineData("registry.trusted-realms", "auth.example", "REGISTRY=TOKEN-SERVER")]
    [InlineData("registry.trusted-realms", "registry.example=https://auth.example", "REGISTRY=TOKEN-SERVER")]
    [InlineData("registry.trusted-realms", "registry.example=auth.example/token", "REGISTRY=TOKEN-SERVER")]
    [InlineData("registry.trusted-realms", "=auth.example", "REGISTRY=TOKEN-SERVER")]
    [InlineData("registry.trusted-realms", "a=b=c", "REGISTRY=TOKEN-SERVER")]
    [InlineData("registry.retry-after-max", "25h", "from 1s to 24h")]
    [InlineData("registry.requests-per-host", "0", "from 1 to 100")]
    [InlineData("registry.page-size", "10001", "from 1 to 10000")]
    [InlineData("registry.max-pages", "0", "from 1 to 100000")]
    [InlineData("registry.max-tags", "1000001", "from 1 to 1000000")]
    [InlineData("registry.max-page-size", "65 MiB", "from 1024 to 67108864 bytes")]
    [InlineData("registry.environment-proxy", "maybe", "true or false")]
    [InlineData("registry.poll-interval", "500ms", "from 1s to 24h")]
    [InlineData("registry.poll-interval", "soon", "from 1s to 24h")]
    [InlineData("registry.timeout", "11m", "from 1s to 10m")]
    [InlineData("registry.backoff-min", "10m", "not be shorter than backoff-min")]
    [InlineData("registry.backoff-max", "10ms", "from 100ms to 24h")]
    [InlineData("kubernetes.mode", "docker", "one of auto, kubeconfig, in-cluster")]
    [InlineData("kubernetes.in-cluster", "maybe", "true or false")]
    [InlineData("kubernetes.namespace", "My_Namespace", "a DNS label")]
    [InlineData("kubernetes.pull-secret", "-x", "a Kubernetes name")]
    [InlineData("pull.parallel-images", "0", "from 1 to 100")]
    [InlineData("pull.max-daemon-sets", "0", "from 1 to 10000")]
    [InlineData("pull.max-pods", "0", "from 1 to 1000000")]
    [InlineData("pull.timeout", "9s", "from 10s to 24h")]
    [InlineData("pull.retry-min", "2h", "not be shorter than retry-min")]
    [InlineData("pull.retry-max", "8d", "from 1s to 7d")]
    [InlineData("pull.evidence-ttl", "31d", "from 1m to 30d")]
    [InlineData("pull.stall-after", "0s", "from 1s to 24h")]
    [InlineData("pull.evidence-grace", "-1s", "from 0ms to 1h")]
    [InlineData("pull.sleeper-image", "Not An Image", "auto, none or an image reference")]
    [InlineData("pull.sleeper-image", "", "auto, none or an image reference")]
    [InlineData("cluster.enabled", "many", "true or false")]
    [InlineData("cluster.name", "Two", "a DNS label of at most 40")]
    [InlineData("cluster.name", "a23456789-b23456789-c23456789-d23456789-e", "a DNS label of at most 40")]
    [InlineData("cluster.shards", "0", "from 1 to 1024")]
    [InlineData("cluster.bind-address", "::x", "an IP address or auto")]
    [InlineData("cluster.port", "65536", "from 0 to 65535")]
    [InlineData("cluster.advertise", "10.0.0.1:0", "HOST or HOST:PORT")]
    [InlineData("cluster.advertise", "http://10.0.0.1", "HOST or HOST:PORT")]
    // Those of former transports and of sharding on Leases.
    [InlineData("cluster.key-file", "/key", "is no setting")]
    [InlineData("cluster.replica", "r1", "is no setting")]
    [InlineData("cluster.lease-duration", "15s", "is no setting")]
    [InlineData("cluster.renew-every", "5s", "is no setting")]
    [InlineData("cluster.hold-messages", "3s", "is no setting")]
    [InlineData("cluster.buffer", "1000", "is no setting")]
    [InlineData("http.prot", "80", "is no setting")]
    [InlineData("htp.port", "80", "is no setting")]
    [InlineData("http", "80", "is no setting")]
    [InlineData("http.port.number", "80", "is no setting")]
    [InlineData("registry.insecure-hosts.0", "localhost", "is no setting")]
    public void A_value_out_of_bounds_is_reported_with_key_value_and_rule(string key, string value, string rule)
    {
        var result = Read((key, value));

        Assert.Null(result.Settings);
        Assert.Contains(result.Faults, f => f.Key.StartsWith("cachemachine.", StringComparison.Ordinal) && f.Rule.Contains(rule, StringComparison.Ordinal));
        Assert.Contains(
            result.Faults,
            f => f.Value == value || f.Rule.Contains("shorter", StringComparison.Ordinal) || f.Rule.Contains("is no setting", StringComparison.Ordinal)
                || f.Key.EndsWith("kubeconfig", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Host=db;Password=hunter2;Prot=1")]
    [InlineData("Password=hunter2")]
    public void A_connection_string_that_cannot_be_used_is_refused_without_quoting_it(string connection)
    {
        var fault = Assert.Single(Read(("data.postgres", connection)).Faults);

        Assert.Equal("cachemachine.data.postgres", fault.Key);
        Assert.DoesNotContain("hunter2", fault.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", $"{Read(("data.postgres", "Host=db;Password=hunter2")).Settings}", StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_come_at_once()
    {
        var result = Read(("http.port", "x"), ("pull.timeout", "x"), ("cluster.shards", "x"), ("nonsense", "x"));

        Assert.Equal(
            ["cachemachine.http.port", "cachemachine.pull.timeout", "cachemachine.cluster.shards", "cachemachine.nonsense"],
            result.Faults.Select(f => f.Key));
        Assert.Equal("cachemachine.http.port = \"x\": must be a whole number from 0 to 65535", result.Faults[0].ToString());
    }

    [Theory]
    [InlineData("http.port", "0")]
    [InlineData("http.bind-address", "::1")]
    [InlineData("log.level", "DEBUG")]
    [InlineData("log.level", "INFO")]
    [InlineData("log.profile", "Production")]
    [InlineData("registry.insecure-hosts", "localhost:5000, [::1]:5000,registry")]
    [InlineData("registry.trusted-realms", "registry.example:5000=auth.example,[::1]:5000=[::1]:5001")]
    [InlineData("kubernetes.pull-secret", "pull.secret-1")]
    [InlineData("pull.evidence-grace", "0")]
    [InlineData("pull.sleeper-image", "None")]
    [InlineData("pull.sleeper-image", "registry:5000/cachemachine:2.0.0")]
    [InlineData("cluster.enabled", "off")]
    [InlineData("cluster.advertise", "replica-0.replicas")]
    [InlineData("cluster.advertise", "[::1]:9000")]
    public void Values_at_the_bounds_and_in_every_allowed_form_are_accepted(string key, string value) => Assert.Empty(Read((key, value)).Faults);

    [Theory]
    [InlineData("auto", "true", "", KubernetesMode.InCluster)]
    [InlineData("auto", "true", "/k", KubernetesMode.Kubeconfig)]
    [InlineData("auto", "false", "/k", KubernetesMode.Kubeconfig)]
    [InlineData("in-cluster", "false", "", KubernetesMode.InCluster)]
    [InlineData("kubeconfig", "true", "/k", KubernetesMode.Kubeconfig)]
    public void The_mode_follows_from_where_we_run_unless_it_is_given(string mode, string inCluster, string kubeconfig, KubernetesMode expected)
    {
        var settings = Read(("kubernetes.mode", mode), ("kubernetes.in-cluster", inCluster), ("kubernetes.kubeconfig", kubeconfig)).Settings!;

        Assert.Equal(expected, settings.Kubernetes.Mode);
    }

    [Theory]
    [InlineData(
        "auto",
        "cachemachine.kubernetes.mode = \"auto\": must find a cluster, and none is named: give its kubeconfig file (--kubeconfig FILE), " +
        "or start a simulated one with ./run")]
    [InlineData("kubeconfig", "cachemachine.kubernetes.kubeconfig = \"\": must name a file when kubernetes.mode is kubeconfig")]
    public void Without_a_cluster_there_is_nothing_to_serve(string mode, string fault) =>
        Assert.Equal(fault, Assert.Single(Read(("kubernetes.mode", mode), ("kubernetes.kubeconfig", "")).Faults).ToString());

    [Theory]
    [InlineData("auto", "false", "127.0.0.1")]
    [InlineData("auto", "true", "0.0.0.0")]
    [InlineData("10.1.2.3", "true", "10.1.2.3")]
    public void In_a_cluster_every_address_is_listened_on_unless_one_is_given(string address, string inCluster, string expected) =>
        Assert.Equal(
            IPAddress.Parse(expected),
            Read(("http.bind-address", address), ("kubernetes.in-cluster", inCluster)).Settings!.Http.BindAddress);

    [Fact]
    public void Of_the_files_for_TLS_all_are_given_or_none()
    {
        Assert.Equal(
            ["cachemachine.cluster.tls.certificate-file", "cachemachine.cluster.tls.ca-file"],
            Read(("cluster.tls.key-file", "/key")).Faults.Select(fault => fault.Key));

        var all = Read(
            ("cluster.tls.key-file", "/key"), ("cluster.tls.certificate-file", "/crt"), ("cluster.tls.ca-file", "/ca"));

        Assert.Equal(new ClusterTlsSettings("/crt", "/key", "/ca"), all.Settings!.Cluster.Tls);
    }

    // On the cluster of /kubeconfig, unless another is given.
    private static HostSettingsResult Read(params (string Key, string Value)[] overrides) =>
        HostSettings.From(HostConfiguration.Build(
            AppContext.BaseDirectory,
            [],
            Variables.None,
            overrides.Append(("kubernetes.kubeconfig", "/kubeconfig")).DistinctBy(o => o.Item1)
                .ToDictionary(o => $"cachemachine:{o.Item1.Replace('.', ':')}", o => (string?)o.Item2)));

    [Theory]
    [InlineData("gpu", "gpu", "Exists", "", "")]
    [InlineData("gpu:NoSchedule", "gpu", "Exists", "", "NoSchedule")]
    [InlineData("example.com/team=a:NoExecute", "example.com/team", "Equal", "a", "NoExecute")]
    [InlineData("gpu=", "gpu", "Equal", "", "")]
    public void A_toleration_is_written_as_kubectl_writes_the_taint(string text, string key, string @operator, string value, string effect) =>
        Assert.Equal(new CacheMachine.Actors.Specs.Toleration(key, @operator, value, effect), TaintText.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("gpu:Sometimes")]
    [InlineData("-gpu")]
    public void Other_texts_are_no_tolerations(string text) => Assert.Null(TaintText.Parse(text));
}
