using CacheMachine.Host.Startup;
using CacheMachine.Host.Settings;
using Microsoft.Extensions.Logging;

namespace CacheMachine.Host.Tests.Startup;

public sealed class HostStartupTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("startup");

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public void Flags_override_the_environment_which_overrides_files_which_override_the_defaults()
    {
        var first = File("first.conf", "cachemachine { http.port = 1, pull.parallel-images = 11, cluster.shards = 21, cluster.buffer = 31 }");
        var second = File("second.conf", "cachemachine { http.port = 2, pull.parallel-images = 12, cluster.shards = 22 }");
        (string, string)[] environment = [("CACHEMACHINE__HTTP__PORT", "3"), ("CACHEMACHINE__PULL__PARALLEL_IMAGES", "13")];

        var settings = Load(["--config", first, "--config", second, "--port", "4"], environment).Settings!;

        Assert.Equal((4, 13, 22, 31), (settings.Http.Port, settings.Pull.ParallelImages, settings.Cluster.Shards, settings.Cluster.Buffer));
    }

    [Fact]
    public void The_variables_of_the_older_service_work_unchanged()
    {
        var settings = Load(
            [],
            [
                ("SAFIR_NAME", "cachemachine2"), ("SAFIR_LOG_LEVEL", "DEBUG"), ("SAFIR_PROFILE", "production"), ("SAFIR_LOGGER", "cm"),
                ("DOCKER_SECRET_NAME", "pull-secret"), ("KUBERNETES_SERVICE_HOST", "10.0.0.1"),
            ]).Settings!;

        Assert.Equal("cachemachine2", settings.Http.Prefix);
        Assert.Equal(new LogSettings(LogLevel.Debug, LogProfile.Production, "cm"), settings.Log);
        Assert.Equal("pull-secret", settings.Kubernetes.PullSecret);
        Assert.Equal(KubernetesMode.InCluster, settings.Kubernetes.Mode);
    }

    [Fact]
    public void An_empty_compatible_variable_counts_as_not_set_and_our_own_variable_wins()
    {
        var settings = Load([], [("SAFIR_NAME", ""), ("DOCKER_SECRET_NAME", ""), ("SAFIR_PROFILE", "production"), ("CACHEMACHINE__LOG__PROFILE", "development")]).Settings!;

        Assert.Equal(("cachemachine", null, LogProfile.Development), (settings.Http.Prefix, settings.Kubernetes.PullSecret, settings.Log.Profile));
    }

    [Fact]
    public void A_stronger_list_replaces_a_weaker_one()
    {
        var file = File("c.conf", "cachemachine.registry.insecure-hosts = [a, b, c]");

        Assert.Equal(["a", "b", "c"], Load(["--config", file], []).Settings!.Registry.InsecureHosts);
        Assert.Equal(["d", "e"], Load(["--config", file], [("CACHEMACHINE__REGISTRY__INSECURE_HOSTS", "d, e")]).Settings!.Registry.InsecureHosts);
        Assert.Equal(["f"], Load(["--config", file, "--insecure-registry", "f"], [("CACHEMACHINE__REGISTRY__INSECURE_HOSTS", "d, e")]).Settings!.Registry.InsecureHosts);
    }

    [Fact]
    public void Files_may_use_the_environment_and_a_kubeconfig_flag_wins_over_a_configured_mode()
    {
        var file = File("c.conf", "cachemachine { data.dir = ${ROOT}/data, kubernetes.mode = in-cluster }");

        var settings = Load(["--config", file, "--kubeconfig", file], [("ROOT", "/srv")]).Settings!;

        Assert.Equal("/srv/data", settings.Data.Directory);
        Assert.Equal((KubernetesMode.Kubeconfig, file), (settings.Kubernetes.Mode, settings.Kubernetes.Kubeconfig));
    }

    [Fact]
    public void The_layer_for_several_replicas_is_complete()
    {
        string Shipped(string name) => Path.Combine(AppContext.BaseDirectory, "hocon", name);

        var startup = Load(["--config", Shipped("container.conf"), "--config", Shipped("cluster.conf")], [("KUBERNETES_SERVICE_HOST", "10.0.0.1")]);

        Assert.Empty(startup.Errors);
        var cluster = startup.Settings!.Cluster;
        Assert.Equal((true, "0.0.0.0", 8081, "/etc/secrets/cluster-key"), (cluster.Enabled, cluster.BindAddress.ToString(), cluster.Port, cluster.KeyFile));
    }

    [Fact]
    public void The_environment_reaches_every_setting_of_a_cluster()
    {
        var cluster = Load(
            [],
            [
                ("CACHEMACHINE__CLUSTER__ENABLED", "true"), ("CACHEMACHINE__CLUSTER__NAME", "blue"), ("CACHEMACHINE__CLUSTER__REPLICA", "r1"),
                ("CACHEMACHINE__CLUSTER__BIND_ADDRESS", "::1"), ("CACHEMACHINE__CLUSTER__ADVERTISE", "https://r1:1"), ("CACHEMACHINE__CLUSTER__KEY_FILE", "/k"),
                ("CACHEMACHINE__CLUSTER__TLS__CERTIFICATE_FILE", "/c"), ("CACHEMACHINE__CLUSTER__TLS__KEY_FILE", "/tk"),
                ("CACHEMACHINE__CLUSTER__TLS__CA_FILE", "/ca"), ("CACHEMACHINE__CLUSTER__LEASE_DURATION", "30s"),
                ("CACHEMACHINE__CLUSTER__RENEW_EVERY", "10s"), ("CACHEMACHINE__CLUSTER__HOLD_MESSAGES", "1s"), ("CACHEMACHINE__CLUSTER__BUFFER", "5"),
                ("CACHEMACHINE__CLUSTER__PORT", "0"), ("CACHEMACHINE__CLUSTER__SHARDS", "4"),
            ]).Settings!.Cluster;

        Assert.Equal(
            new ClusterSettings(
                true, "blue", 4, "r1", System.Net.IPAddress.IPv6Loopback, 0, "https://r1:1", "/k", new ClusterTlsSettings("/c", "/tk", "/ca"),
                TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), 5),
            cluster);
    }

    [Fact]
    public void Faults_of_flags_files_and_settings_exit_with_2_and_start_nothing()
    {
        var broken = File("broken.conf", "cachemachine {\n  http.port = = 1\n}");
        var wrong = File("wrong.conf", "cachemachine { http.port = 99999, log.levle = debug }");

        var flag = Load(["--prot", "1"], []);
        var syntax = Load(["--config", broken], []);
        var values = Load(["--config", wrong], [("CACHEMACHINE__PULL__TIMEOUT", "never")]);

        Assert.All([flag, syntax, values], s => Assert.Equal((null, 2), (s.Settings, s.ExitCode)));
        Assert.StartsWith($"{broken}:2:15: ", Assert.Single(syntax.Errors), StringComparison.Ordinal);
        Assert.Equal(
            ["cachemachine.http.port", "cachemachine.pull.timeout", "cachemachine.log.levle"], values.Errors.Select(e => e.Split(' ')[0]));
    }

    [Fact]
    public void The_environment_of_this_process_can_be_read() =>
        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), HostStartup.ProcessEnvironment()["PATH"]);

    private string File(string name, string text)
    {
        var path = Path.Combine(directory.FullName, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    // Where the environment says nothing of a cluster, there is one.
    private static HostStartup Load(string[] args, (string Name, string Value)[] environment)
    {
        var variables = environment.ToDictionary(v => v.Name, v => v.Value);
        if (!variables.ContainsKey("KUBERNETES_SERVICE_HOST"))
            variables["CACHEMACHINE__KUBERNETES__KUBECONFIG"] = "/kubeconfig";
        return HostStartup.Load(args, variables, AppContext.BaseDirectory);
    }
}
