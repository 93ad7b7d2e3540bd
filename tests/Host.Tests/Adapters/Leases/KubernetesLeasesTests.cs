using System.Collections.Immutable;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CacheMachine.Host.Adapters;
using CacheMachine.Kubernetes;
using CacheMachine.Kubernetes.Config;
using CacheMachine.Kubernetes.Resources;
using CacheMachine.Runtime.Sharding;
using CacheMachine.Simulator;
using CacheMachine.Simulator.Api;
using Microsoft.Extensions.Logging.Abstractions;

namespace CacheMachine.Host.Tests.Adapters.Leases;

/// <summary>What the objects look like, what else may be there, and what is known after a failure.</summary>
public sealed class KubernetesLeasesTests : IAsyncLifetime, IDisposable
{
    private const string Ns = "cachemachine";

    private static readonly LeaseRecord New = new(
        "shard-3", "replica-0.x1", "http://10.0.0.1:8081", TimeSpan.FromSeconds(15), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, 2, null);

    private SimulatedCluster _cluster = null!;
    private KubernetesClient _client = null!;

    public async Task InitializeAsync()
    {
        _cluster = await SimulatedCluster.StartAsync(new SimulatedClusterOptions { Nodes = 1 });
        _client = new KubernetesClient(new KubernetesConfig { Server = _cluster.ApiServerUri, Namespace = Ns });
    }

    public void Dispose() => _client.Dispose();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task The_object_says_whose_it_is()
    {
        await Of("blue").WriteAsync(New, default);

        var made = (await _client.Leases(Ns).GetAsync("blue-shard-3", default)).ValueOrThrow();
        Assert.Equal(
            "app.kubernetes.io/component=lease,app.kubernetes.io/instance=blue-shard-3,app.kubernetes.io/managed-by=cachemachine,"
            + "app.kubernetes.io/name=cachemachine,cachemachine=lease,cachemachine-cluster=blue",
            string.Join(',', made.Metadata.Labels!.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}")));
        Assert.Equal("http://10.0.0.1:8081", Assert.Single(made.Metadata.Annotations!, annotation => annotation.Key == "cachemachine.io/address").Value);
        Assert.Equal(new LeaseSpec("replica-0.x1", 15, New.AcquiredAt, New.RenewedAt, 2), made.Spec);
    }

    [Fact]
    public async Task A_free_lease_has_no_address()
    {
        var made = await Of("blue").WriteAsync(New, default);
        await Of("blue").WriteAsync(made! with { Holder = null }, default);

        Assert.Empty((await _client.Leases(Ns).GetAsync("blue-shard-3", default)).ValueOrThrow().Metadata.Annotations ?? new Dictionary<string, string>());
    }

    [Fact]
    public async Task The_workload_that_runs_us_owns_the_leases()
    {
        using var http = new HttpClient { BaseAddress = _cluster.ApiServerUri };
        var workload = await PostAsync(http, "apis/apps/v1", "StatefulSet", "service", null);
        await PostAsync(http, "api/v1", "Pod", "service-0", workload);

        await Of("blue", "service-0").WriteAsync(New, default);

        var owner = Assert.Single((await _client.Leases(Ns).GetAsync("blue-shard-3", default)).ValueOrThrow().Metadata.OwnerReferences!);
        Assert.Equal(("StatefulSet", "service", workload["metadata"]!["uid"]!.GetValue<string>()), (owner.Kind, owner.Name, owner.Uid));
    }

    [Fact]
    public async Task Another_cluster_of_replicas_has_leases_of_its_own()
    {
        Assert.NotNull(await Of("blue").WriteAsync(New, default));
        Assert.NotNull(await Of("blue-green").WriteAsync(New, default));

        Assert.Equal("shard-3", Assert.Single(await ListAsync("blue")).Name);
        Assert.Equal("shard-3", Assert.Single(await ListAsync("blue-green")).Name);
    }

    [Fact]
    public async Task A_foreign_lease_is_ignored_and_a_spoiled_one_is_free()
    {
        await Of("blue").WriteAsync(New, default);
        var labels = new Dictionary<string, string> { ["cachemachine"] = "lease", ["cachemachine-cluster"] = "blue" };
        await CreateAsync(new Lease(new ObjectMeta(Name: "somebody", Labels: labels)));
        await CreateAsync(new Lease(new ObjectMeta(Name: "blue-plain")));
        await CreateAsync(new Lease(new ObjectMeta(Name: "blue-spoiled", Labels: labels), new LeaseSpec("who")));

        var listed = await ListAsync("blue");

        Assert.Equal(["shard-3", "spoiled"], listed.Select(lease => lease.Name).Order(StringComparer.Ordinal));
        var spoiled = listed.Single(lease => lease.Name == "spoiled");
        Assert.Null(spoiled.Holder);
        Assert.Equal("replica-0.x1", (await Of("blue").WriteAsync(New with { Name = "spoiled", Version = spoiled.Version }, default))!.Holder);
    }

    [Theory]
    [InlineData(FaultKind.ResetAfter, true, "whether the server carried it out is not known")]
    [InlineData(FaultKind.InternalError, false, "whether the server carried it out is not known")]
    [InlineData(FaultKind.TooManyRequests, false, "it was not carried out")]
    [InlineData(FaultKind.Timeout, false, "write lease cachemachine/blue-shard-3: no answer within 0.5 s; whether the server carried it out is not known")]
    public async Task A_failure_says_what_is_known(FaultKind fault, bool written, string words)
    {
        using var armed = _cluster.Faults.Arm(fault, "create", "leases");

        var error = await Assert.ThrowsAsync<LeaseException>(() => Of("blue", patience: TimeSpan.FromSeconds(0.5)).WriteAsync(New, default));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Contains("cachemachine/blue-shard-3", error.Message, StringComparison.Ordinal);
        Assert.Equal(written, (await ListAsync("blue")).Length == 1);
    }

    [Fact]
    public async Task A_failed_deletion_says_what_is_known()
    {
        var made = await Of("blue").WriteAsync(New, default);
        using var armed = _cluster.Faults.Arm(FaultKind.ResetAfter, "delete", "leases");

        var error = await Assert.ThrowsAsync<LeaseException>(() => Of("blue").DeleteAsync("shard-3", made!.Version!, default));

        Assert.Contains("whether the server carried it out is not known", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_calls_can_give_up()
    {
        using var armed = _cluster.Faults.Arm(FaultKind.Timeout, "create", "leases");
        using var stop = new CancellationTokenSource();
        var writing = Of("blue").WriteAsync(New, stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
    }

    private KubernetesLeases Of(string cluster, string? podName = null, TimeSpan? patience = null) => new(
        _client, Ns, cluster, new PullOwner(podName, NullLogger<PullOwner>.Instance), patience ?? TimeSpan.FromSeconds(10), TimeProvider.System,
        NullLogger<KubernetesLeases>.Instance);

    private async Task CreateAsync(Lease lease) => (await _client.Leases(Ns).CreateAsync(lease, default)).ValueOrThrow();

    private async Task<ImmutableArray<LeaseRecord>> ListAsync(string cluster)
    {
        using var stop = new CancellationTokenSource();
        var listed = new TaskCompletionSource<ImmutableArray<LeaseRecord>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var watch = Of(cluster).WatchAsync(change => listed.TrySetResult(((LeaseChange.Listed)change).Leases), stop.Token);
        var leases = await listed.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await stop.CancelAsync();
        await watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return leases;
    }

    private static async Task<JsonNode> PostAsync(HttpClient http, string api, string kind, string name, JsonNode? owner)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (owner is not null)
        {
            metadata["ownerReferences"] = new JsonArray(new JsonObject
            {
                ["apiVersion"] = "apps/v1",
                ["kind"] = owner["kind"]!.DeepClone(),
                ["name"] = owner["metadata"]!["name"]!.DeepClone(),
                ["uid"] = owner["metadata"]!["uid"]!.DeepClone(),
                ["controller"] = true,
            });
        }

        // As small as each kind may be.
        var pod = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "c", ["image"] = "i" }), ["nodeName"] = "n1" };
        var group = api.StartsWith("apis", StringComparison.Ordinal) ? api["apis/".Length..] : "v1";
        var body = new JsonObject { ["apiVersion"] = group, ["kind"] = kind, ["metadata"] = metadata, ["spec"] = kind == "Pod" ? pod : new JsonObject() };
        using var answer = await http.PostAsJsonAsync($"{api}/namespaces/{Ns}/{kind.ToLowerInvariant()}s", body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }
}
