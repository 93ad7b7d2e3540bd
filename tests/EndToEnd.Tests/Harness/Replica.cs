using System.Net;
using CacheMachine.Host.Kubernetes.Access;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>
/// One replica of the service. It keeps its name, its address and its proxies when its process is replaced, as a container of a pod does. All that it depends
/// on, and its peers' way to it, goes through proxies, so each can be cut.
/// </summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly ReplicaSettings _settings;
    private readonly string _kubeconfig = Path.GetTempFileName();
    private readonly List<OwnProcess> _ended = [];
    private OwnProcess? _process;

    /// <param name="number">From 1.</param>
    /// <param name="settings">What all have in common.</param>
    public Replica(int number, ReplicaSettings settings)
    {
        (Name, Host, _settings) = ($"r{number}", $"127.0.0.{10 + number}", settings);
        var server = new Kubeconfig(settings.Kubeconfig, new AccessTimes(TimeProvider.System)).Load(null).Server;
        Api = new CutOff(server.Host, server.Port);
        File.WriteAllText(_kubeconfig, File.ReadAllText(settings.Kubeconfig).Replace(server.Authority, Api.Address.ToString(), StringComparison.Ordinal));
        Peers = new CutOff("127.0.0.1", 0, IPAddress.Parse(Host));
        if (settings.Database is { } database)
            Database = new CutOff(database.Server.Host, database.Server.Port);
    }

    /// <summary>For people.</summary>
    public string Name { get; }

    /// <summary>The IP address by which the others reach it; each has its own.</summary>
    public string Host { get; }

    /// <summary>As in Leases.</summary>
    public string Address => $"akka.tcp://cachemachine@{Peers.Address}";

    /// <summary>Between it and the API server.</summary>
    public CutOff Api { get; }

    /// <summary>Between its peers and it.</summary>
    public CutOff Peers { get; }

    /// <summary>Between it and PostgreSQL; null on SQLite.</summary>
    public CutOff? Database { get; }

    /// <summary>Whether it has a process.</summary>
    public bool IsRunning => _process is { HasEnded: false };

    /// <summary>Whether it has said that it ends: it is not ready, and a Kubernetes Service sends nothing to it.</summary>
    public bool IsEnding => _process?.Output.Any(line => line.Contains("it ends, to be started anew", StringComparison.Ordinal)) == true;

    /// <summary>Its process now.</summary>
    public OwnProcess Process => _process ?? throw new InvalidOperationException($"{Name} is not running");

    /// <summary>What all its processes wrote, one after another.</summary>
    public IEnumerable<(long At, string Text)> Lines => _ended.Append(_process).OfType<OwnProcess>().SelectMany(process => process.Lines);

    /// <summary>Starts a process for it.</summary>
    public async Task StartAsync()
    {
        if (IsRunning)
            throw new InvalidOperationException($"{Name} is running already");
        await EndAsync();
        Peers.Port = LoopbackPort.Free(); // The proxy must know it before the process does.
        _process = await OwnProcess.StartAsync(Flags(), Environment());
    }

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => Process.KillAsync();

    /// <summary>SIGTERM, and waits for its end.</summary>
    /// <exception cref="InvalidOperationException">It did not end in order.</exception>
    public async Task TerminateAsync()
    {
        var code = await Process.TerminateAsync();
        if (code != 0)
            throw new InvalidOperationException($"{Name} ended with {code} after SIGTERM");
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await Api.DisposeAsync();
        await Peers.DisposeAsync();
        if (Database is not null)
            await Database.DisposeAsync();
        File.Delete(_kubeconfig);
    }

    private async Task EndAsync()
    {
        if (_process is null)
            return;
        var ended = _process;
        _process = null; // First: it is asked while it ends.
        _ended.Add(ended);
        await ended.DisposeAsync();
    }

    private string[] Flags() =>
    [
        "--kubeconfig", _kubeconfig, "--namespace", _settings.Namespace, "--insecure-registry", _settings.Registry,
        .. _settings.Database is { } database ? new[] { "--postgres", database.By(Database!) } : ["--data", _settings.Data],
    ];

    private Dictionary<string, string> Environment() => new(_settings.Environment)
    {
        ["CACHEMACHINE__CLUSTER__ENABLED"] = "true",
        ["CACHEMACHINE__CLUSTER__NAME"] = ReplicaSettings.ClusterName,
        ["CACHEMACHINE__CLUSTER__PORT"] = Peers.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["CACHEMACHINE__CLUSTER__ADVERTISE"] = Peers.Address.ToString(),
    };
}

/// <summary>What all replicas have in common.</summary>
/// <param name="Kubeconfig">Its server has the address by which the tests reach it.</param>
/// <param name="Namespace">Of DaemonSets and Leases.</param>
/// <param name="Registry">host:port, without TLS.</param>
/// <param name="Data">Directory of the embedded database, where there is no other.</param>
/// <param name="Database">Null: the embedded one.</param>
/// <param name="Environment">Settings besides.</param>
internal sealed record ReplicaSettings(
    string Kubeconfig, string Namespace, string Registry, string Data, TestDatabase? Database, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>Prefix of the Leases' names.</summary>
    public const string ClusterName = "replicas";
}
