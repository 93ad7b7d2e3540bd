using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using CacheMachine.Host.Clustering;
using CacheMachine.Host.Clustering.Leases;
using CacheMachine.Host.Settings;
using CacheMachine.Host.Startup;
using CacheMachine.Host.Tests.Clustering.Leases;
using CacheMachine.Host.Tests.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CacheMachine.Host.Tests.Clustering;

/// <summary>Replicas as actor systems in this process, with nothing else in them, and Leases in memory.</summary>
public sealed class ReplicaClusterTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);

    private readonly MemoryLeases _leases = new();
    private readonly List<IHost> _started = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var host in _started)
        {
            await host.StopAsync();
            host.Dispose();
        }
    }

    [Fact]
    public async Task Replicas_that_start_together_form_one_cluster_by_its_Lease_and_the_last_ones_give_it_back()
    {
        var replicas = await Task.WhenAll(StartAsync(), StartAsync(), StartAsync());
        foreach (var replica in replicas)
            await UntilAsync(() => replica.State.Members.Count(member => member.Status == MemberStatus.Up) == 3, "three replicas are up");
        var holder = _leases["cachemachine"]!.Holder;
        Assert.Contains(holder, replicas.Select(replica => replica.SelfAddress.ToString()));
        Assert.All(replicas, replica => Assert.Equal(CommandLine.Version, replica.SelfMember.AppVersion.Version));
        Assert.All(replicas, replica => Assert.Equal("lease-majority", replica.System.Settings.Config.GetString("akka.cluster.split-brain-resolver.active-strategy")));

        // Whoever holds it leaves: another one takes it over.
        var first = replicas.Single(replica => replica.SelfAddress.ToString() == holder);
        await StopAsync(first);
        await UntilAsync(() => _leases["cachemachine"]!.Holder is { } now && now != holder, "another one holds the Lease");
        Assert.Equal(1, _leases["cachemachine"]!.Transitions);

        await Task.WhenAll(replicas.Where(replica => replica != first).Select(StopAsync));
        Assert.Null(_leases["cachemachine"]!.Holder);
    }

    [Fact]
    public async Task Nobody_forms_a_cluster_while_the_store_is_away_and_one_is_formed_when_it_is_back()
    {
        _leases.Away = "connection refused";
        var replica = await StartAsync();
        await UntilAsync(() => _leases.Calls > 3, "it has asked several times");
        Assert.Empty(replica.State.Members);

        _leases.Away = null;

        await UntilAsync(() => replica.SelfMember.Status == MemberStatus.Up, "it is up");
    }

    [Fact]
    public async Task Who_could_not_join_leaves_the_Lease_as_it_is()
    {
        const string Holder = "akka.tcp://cachemachine@127.0.0.1:1";
        await _leases.WriteAsync(LeaseRecord.Taken("cachemachine", Holder, TimeSpan.FromSeconds(10), TimeProvider.System.GetUtcNow(), null), default);
        var replica = await StartAsync();
        await UntilAsync(() => _leases.Calls > 3, "it has asked several times");
        Assert.Empty(replica.State.Members);

        await StopAsync(replica);

        Assert.Equal((Holder, 1), (_leases["cachemachine"]!.Holder, _leases.Writes));
    }

    [Fact]
    public async Task A_single_replica_is_a_cluster_of_itself_at_once()
    {
        var host = await StartAsync(akka => akka.AddSingleReplica());
        var cluster = Akka.Cluster.Cluster.Get(host.Services.GetRequiredService<ActorSystem>());
        await UntilAsync(() => cluster.SelfMember.Status == MemberStatus.Up, "it is up");
        Assert.Equal(CommandLine.Version, cluster.SelfMember.AppVersion.Version);
        Assert.Equal(0, _leases.Calls);
    }

    private async Task<Akka.Cluster.Cluster> StartAsync()
    {
        var settings = HostSettings.From(HostConfiguration.Build(
            AppContext.BaseDirectory, [], Variables.None,
            new Dictionary<string, string?>
            {
                ["cachemachine:kubernetes:kubeconfig"] = "/kubeconfig",
                ["cachemachine:cluster:enabled"] = "true",
                ["cachemachine:cluster:port"] = "0",
            })).Settings!;
        var host = await StartAsync(akka => akka.AddReplica(settings, _leases, ReplicaCluster.Fence(settings, TimeProvider.System), TimeProvider.System));
        return Akka.Cluster.Cluster.Get(host.Services.GetRequiredService<ActorSystem>());
    }

    private async Task<IHost> StartAsync(Action<AkkaConfigurationBuilder> add)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging();
        builder.Services.AddAkka(ReplicaCluster.SystemName, add);
        var host = builder.Build();
        _started.Add(host);
        await host.StartAsync();
        return host;
    }

    private async Task StopAsync(Akka.Cluster.Cluster replica)
    {
        var host = _started.Single(started => started.Services.GetRequiredService<ActorSystem>() == replica.System);
        _started.Remove(host);
        await host.StopAsync();
        host.Dispose();
    }

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        for (var began = TimeProvider.System.GetTimestamp(); !condition();)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Soon, $"it is not so that {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
