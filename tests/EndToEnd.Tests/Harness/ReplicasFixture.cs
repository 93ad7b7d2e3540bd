using CacheMachine.Host.Kubernetes.Watching;
using k8s;
using k8s.Models;
using Xunit;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>Three replicas that several scenarios share, one after another; each leaves them as it likes and begins with all of them running.</summary>
public abstract class ReplicasFixture : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cachemachine-test-").FullName;

    /// <summary>Why the scenarios cannot run here; null where they can.</summary>
    public virtual string? WhyNot => null;

    /// <summary>What they serve.</summary>
    public ClusterUnderTest Cluster { get; private set; } = null!;

    /// <summary>Where they have their DaemonSets and Leases, and nobody else has.</summary>
    public string Namespace { get; private set; } = null!;

    /// <summary>How long replicas are killed while machines are created.</summary>
    public abstract TimeSpan StormTime { get; }

    /// <summary>How long the API server is away.</summary>
    public abstract TimeSpan Outage { get; }

    /// <summary>Time between two looks at a registry.</summary>
    public abstract TimeSpan PollInterval { get; }

    private protected Replicas? Started { get; private set; }

    internal Replicas Replicas => Started!;

    internal JournalProbe Journal { get; private set; } = null!;

    internal TestDatabase? Database { get; private set; }

    /// <summary>Every version of the DaemonSets since the beginning.</summary>
    internal ObjectHistory<V1DaemonSet> DaemonSets { get; private set; } = null!;

    /// <inheritdoc/>
    public virtual async Task InitializeAsync()
    {
        if (WhyNot is not null)
            return;
        Cluster = await StartClusterAsync();
        Namespace = await MakeNamespaceAsync();
        Database = UsesPostgres ? await TestDatabase.CreateAsync() : null;
        Journal = Database is null ? JournalProbe.OfSqlite(_folder) : JournalProbe.OfPostgres(Database.Connection);
        DaemonSets = new ObjectHistory<V1DaemonSet>(Cluster.Connection, new WatchedKind("apps", "v1", "daemonsets", Namespace, "cachemachine=pull"));
        Started = new Replicas(3, new ReplicaSettings(
            Cluster.Kubeconfig, Namespace, Cluster.Registry, _folder, Database,
            new Dictionary<string, string> { ["CACHEMACHINE__REGISTRY__POLL_INTERVAL"] = $"{PollInterval.TotalSeconds}s" }));
        await Replicas.StartAsync();
    }

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        if (Started is not null)
            await Started.DisposeAsync();
        if (DaemonSets is not null)
            await DaemonSets.DisposeAsync();
        if (Database is not null)
            await Database.DisposeAsync();
        if (Namespace is not null)
            await RemoveNamespaceAsync();
        if (Cluster is not null)
            await Cluster.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Whether the journal is a PostgreSQL database, else an embedded one that the replicas share.</summary>
    protected abstract bool UsesPostgres { get; }

    /// <summary>What they serve.</summary>
    protected abstract Task<ClusterUnderTest> StartClusterAsync();

    /// <summary>A namespace for them alone.</summary>
    protected virtual Task<string> MakeNamespaceAsync() => Task.FromResult(ClusterUnderTest.Namespace);

    /// <summary>Its end.</summary>
    protected virtual Task RemoveNamespaceAsync() => Task.CompletedTask;

    /// <summary>Who holds the Lease of the cluster; null for nobody.</summary>
    internal async Task<string?> HolderAsync() =>
        (await Cluster.Client.CoordinationV1.ListNamespacedLeaseAsync(Namespace, fieldSelector: $"metadata.name={ReplicaSettings.ClusterName}"))
            .Items.SingleOrDefault()?.Spec?.HolderIdentity;

    /// <summary>The API server is away from now on.</summary>
    public virtual Task StopApiServerAsync()
    {
        foreach (var replica in Replicas.All)
            replica.Api.Traffic = Traffic.Reset;
        return Task.CompletedTask;
    }

    /// <summary>It is back when this returns.</summary>
    public virtual Task StartApiServerAsync()
    {
        foreach (var replica in Replicas.All)
            replica.Api.Traffic = Traffic.Forward;
        return Task.CompletedTask;
    }
}
