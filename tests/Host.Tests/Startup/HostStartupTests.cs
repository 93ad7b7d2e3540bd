using CacheMachine.Host.Settings;
using CacheMachine.Host.Startup;
using CacheMachine.Host.Tests.Settings;
using Microsoft.Extensions.Logging;

namespace CacheMachine.Host.Tests.Startup;

public sealed class HostStartupTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("startup");

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public void Flags_override_the_environment_which_overrides_files_which_override_the_defaults()
    {
        var first = File("first.conf", "cachemachine { http.port = 1, pull.parallel-images = 11, cluster.shards = 21, data.history = 31 }");
        var second = File("second.conf", "cachemachine { http.port = 2, pull.parallel-images = 12, cluster.shards = 22 }");
        (string, string)[] environment = [("CACHEMACHINE__HTTP__PORT", "3"), ("CACHEMACHINE__PULL__PARALLEL_IMAGES", "13")];

        var settings = Load(["--config", first, "--config", second, "--port", "4"], environment).Settings!;

        Assert.Equal((4, 13, 22, 31), (settings.Http.Port, settings.Pull.ParallelImages, settings.Cluster.Shards, settings.Data.History));
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
    public void A_kubeconfig_flag_wins_over_a_configured_mode()
    {
        var file = File("c.conf", "cachemachine.kubernetes.mode = in-cluster");

        var settings = Load(["--config", file, "--kubeconfig", file], []).Settings!;

        Assert.Equal((KubernetesMode.Kubeconfig, file), (settings.Kubernetes.Mode, settings.Kubernetes.Kubeconfig));
    }

    [Theory]
    [InlineData("KUBERNETES_SERVICE_HOST", "10.0.0.1", "0.0.0.0")]
    [InlineData("DOTNET_RUNNING_IN_CONTAINER", "true", "0.0.0.0")]
    [InlineData("DOTNET_RUNNING_IN_CONTAINER", "false", "127.0.0.1")]
    public void Inside_a_cluster_or_container_everybody_may_call_unless_a_file_says_otherwise(string variable, string value, string address)
    {
        var file = File("c.conf", "cachemachine.http.bind-address = 10.1.2.3");

        Assert.Equal(address, Load([], [(variable, value)]).Settings!.Http.BindAddress.ToString());
        Assert.Equal("10.1.2.3", Load(["--config", file], [(variable, value)]).Settings!.Http.BindAddress.ToString());
    }

    [Fact]
    public void A_file_may_tune_Akka_NET_and_the_last_one_wins()
    {
        var first = File("first.conf", "akka { loglevel = DEBUG\n stdout-loglevel = DEBUG\n }");
        var second = File("second.conf", "cachemachine.http.port = 1\nakka.loglevel = ERROR");

        var settings = Load(["--config", first, "--config", second], []).Settings!;

        Assert.Equal(("ERROR", "DEBUG"), (settings.Akka!.GetString("akka.loglevel"), settings.Akka.GetString("akka.stdout-loglevel")));
        Assert.Null(Load([], []).Settings!.Akka);
    }

    [Fact]
    public void The_environment_reaches_every_setting_of_a_cluster()
    {
        var cluster = Load(
            [],
            [
                ("CACHEMACHINE__CLUSTER__ENABLED", "true"), ("CACHEMACHINE__CLUSTER__NAME", "blue"), ("CACHEMACHINE__CLUSTER__BIND_ADDRESS", "::1"),
                ("CACHEMACHINE__CLUSTER__ADVERTISE", "r1:1"), ("CACHEMACHINE__CLUSTER__TLS__CERTIFICATE_FILE", "/c"),
                ("CACHEMACHINE__CLUSTER__TLS__KEY_FILE", "/tk"), ("CACHEMACHINE__CLUSTER__TLS__CA_FILE", "/ca"),
                ("CACHEMACHINE__CLUSTER__PORT", "0"), ("CACHEMACHINE__CLUSTER__SHARDS", "4"),
            ]).Settings!.Cluster;

        Assert.Equal(
            new ClusterSettings(true, "blue", 4, System.Net.IPAddress.IPv6Loopback, 0, "r1:1", new ClusterTlsSettings("/c", "/tk", "/ca")),
            cluster);
    }

    [Fact]
    public void Faults_of_flags_files_and_settings_exit_with_2_and_start_nothing()
    {
        var broken = File("broken.conf", "cachemachine {\n  http.port = 1 }\n}");
        var alsoBroken = File("also-broken.conf", "cachemachine {\n");

        var flag = Load(["--prot", "1"], []);
        var syntax = Load(["--config", broken, "--config", alsoBroken], []);

        Assert.All([flag, syntax], s => Assert.Equal((null, 2), (s.Settings, s.ExitCode)));
        Assert.Equal([$"{broken}:3: '}}' closes nothing", $"{alsoBroken}:1: '{{' is not closed"], syntax.Errors);
    }

    [Fact]
    public void Every_fault_of_the_settings_says_where_it_is_from()
    {
        var wrong = File("wrong.conf", """
            cachemachine {
              http.port = 99999
              log.levle = debug

              registry {
                backoff-min = 10m
              }
            }
            other = 1
            akka.any = thing
            """);

        var values = Load(
            ["--config", wrong, "--kubeconfig", wrong],
            [("CACHEMACHINE__PULL__TIMEOUT", "never"), ("SAFIR_NAME", "a/b"), ("CACHEMACHINE__HTPP__PORT", "1")]);

        Assert.Equal((null, 2), (values.Settings, values.ExitCode));
        Assert.Equal(
            [
                $"{wrong}:2: cachemachine.http.port = \"99999\": must be a whole number from 0 to 65535",
                "SAFIR_NAME: cachemachine.http.prefix = \"a/b\": must be 1 to 63 letters, digits, '-', '_' or '.', the first a letter or digit",
                "cachemachine.registry.backoff-max = \"5m\": must not be shorter than backoff-min",
                "CACHEMACHINE__PULL__TIMEOUT: cachemachine.pull.timeout = \"never\": must be a duration from 10s to 24h",
                "CACHEMACHINE__HTPP__PORT: cachemachine.htpp.port = \"...\": is no setting; reference.conf has all that there are",
                $"{wrong}:3: cachemachine.log.levle = \"...\": is no setting; reference.conf has all that there are",
                $"{wrong}:9: other = \"...\": is no setting; ours are in cachemachine {{ }}, those of Akka.NET in akka {{ }}",
            ],
            values.Errors);
    }

    [Fact]
    public void A_mistyped_secret_is_refused_without_quoting_it()
    {
        var error = Assert.Single(Load([], [("CACHEMACHINE__DATA__POSTGRE", "Host=db;Password=hunter2")]).Errors);

        Assert.StartsWith("CACHEMACHINE__DATA__POSTGRE: cachemachine.data.postgre = \"...\": is no setting", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_check_tells_what_is_not_by_default_and_starts_nothing()
    {
        var file = File("c.conf", "cachemachine.pull.parallel-images = 5\nakka.loglevel = DEBUG");

        var some = Load(
            ["--check-config", "--config", file, "--port", "1", "--postgres", "Host=db;Username=u;Password=hunter2"],
            [("DOCKER_SECRET_NAME", "pull"), ("CACHEMACHINE__HTTP__PREFIX", "cachemachine"), ("CACHEMACHINE__KUBERNETES__NAMESPACE", "")]);

        Assert.Equal((null, 0), (some.Settings, some.ExitCode));
        Assert.Equal(
            [
                "kubernetes.kubeconfig = /kubeconfig (CACHEMACHINE__KUBERNETES__KUBECONFIG)", "kubernetes.pull-secret = pull (DOCKER_SECRET_NAME)",
                "http.port = 1 (--port)",
                "data.postgres = Host=db;Port=5432;Database=u;Username=u;... (--postgres)", $"pull.parallel-images = 5 ({file}:1)", "akka { } by the files",
            ],
            some.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void A_check_looks_at_the_machines_directory_too()
    {
        var machine = File("machine.json", """{"name": "m", "labels": {}, "repomen": [], "lables": {}}""");

        var check = Load(["--check-config"], [("CACHEMACHINE__MACHINES_DIR", directory.FullName)]);

        Assert.Equal(2, check.ExitCode);
        Assert.StartsWith($"{machine} is not a valid machine: lables", Assert.Single(check.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_settings_show_of_themselves_has_no_secrets()
    {
        var settings = Load(["--postgres", "Host=db;Password=hunter2"], []).Settings!;

        Assert.DoesNotContain("hunter2", $"{settings}{string.Concat(settings.Changes)}", StringComparison.Ordinal);
    }

    private string File(string name, string text)
    {
        var path = Path.Combine(directory.FullName, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    // Where the environment says nothing of a cluster, there is one.
    private static HostStartup Load(string[] args, (string Name, string Value)[] environment)
    {
        if (!environment.Any(variable => variable.Name == "KUBERNETES_SERVICE_HOST"))
            environment = [("CACHEMACHINE__KUBERNETES__KUBECONFIG", "/kubeconfig"), .. environment];
        return HostStartup.Load(args, Variables.Of(environment), AppContext.BaseDirectory);
    }
}
