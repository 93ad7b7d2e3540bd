using CacheMachine.Host.Kubernetes;
using CacheMachine.Host.Kubernetes.Access;
using CacheMachine.Host.Tests.Kubernetes.Support;
using k8s.Models;

namespace CacheMachine.Host.Tests.Kubernetes;

public class OwnerDiscoveryTests
{
    [Fact]
    public async Task A_pod_of_a_deployment_belongs_to_the_deployment()
    {
        var found = await FindAsync(new()
        {
            ["/api/v1/namespaces/ns/pods/me"] = Object("p", "ReplicaSet", "web-1", "r"),
            ["/apis/apps/v1/namespaces/ns/replicasets/web-1"] = Object("r", "Deployment", "web", "d"),
            ["/apis/apps/v1/namespaces/ns/deployments/web"] = Object("d"),
        });

        Assert.Equal(Found("Deployment", "web", "d"), found);
    }

    [Fact]
    public async Task A_pod_of_a_stateful_set_belongs_to_it()
    {
        var found = await FindAsync(new()
        {
            ["/api/v1/namespaces/ns/pods/me"] = Object("p", "StatefulSet", "db", "s"),
            ["/apis/apps/v1/namespaces/ns/statefulsets/db"] = Object("s"),
        });

        Assert.Equal(Found("StatefulSet", "db", "s"), found);
    }

    [Fact]
    public async Task A_replica_set_without_a_deployment_is_the_owner_itself()
    {
        var found = await FindAsync(new()
        {
            ["/api/v1/namespaces/ns/pods/me"] = Object("p", "ReplicaSet", "web-1", "r"),
            ["/apis/apps/v1/namespaces/ns/replicasets/web-1"] = Object("r"),
        });

        Assert.Equal(Found("ReplicaSet", "web-1", "r"), found);
    }

    [Fact]
    public async Task An_owner_that_was_made_anew_is_not_the_owner()
    {
        var why = await WhyAsync(new()
        {
            ["/api/v1/namespaces/ns/pods/me"] = Object("p", "StatefulSet", "db", "old"),
            ["/apis/apps/v1/namespaces/ns/statefulsets/db"] = Object("new"),
        });

        Assert.Equal("StatefulSet ns/db was deleted and made anew since this pod was made", why);
    }

    [Fact]
    public async Task Each_missing_step_says_why()
    {
        Assert.Contains("get pods ns/me: 403 Forbidden", await WhyAsync([]), StringComparison.Ordinal);
        Assert.Equal("pod ns/me has no controller", await WhyAsync(new() { ["/api/v1/namespaces/ns/pods/me"] = Object("p") }));
        Assert.Contains("Job migrate", await WhyAsync(new() { ["/api/v1/namespaces/ns/pods/me"] = Object("p", "Job", "migrate", "j") }), StringComparison.Ordinal);
        Assert.Contains(
            "ReplicaSet ns/web-1, which controls this pod, could not be read",
            await WhyAsync(new() { ["/api/v1/namespaces/ns/pods/me"] = Object("p", "ReplicaSet", "web-1", "r") }),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_pods_name_is_looked_for_in_order()
    {
        using var folder = new TempFolder();
        Dictionary<string, string> variables = new() { ["HOSTNAME"] = "host" };

        Assert.Equal("host", PodIdentity.FindName(variables.GetValueOrDefault, folder.Path));
        folder.Write("name", "mounted\n");
        Assert.Equal("mounted", PodIdentity.FindName(variables.GetValueOrDefault, folder.Path));
        variables["POD_NAME"] = "given";
        Assert.Equal("given", PodIdentity.FindName(variables.GetValueOrDefault, folder.Path));
        Assert.Null(PodIdentity.FindName(_ => null, Path.Combine(folder.Path, "none")));
    }

    private static async Task<string> WhyAsync(Dictionary<string, string> objects) =>
        Assert.IsType<OwnerLookup.Unknown>(await FindAsync(objects)).Why;

    private static async Task<OwnerLookup> FindAsync(Dictionary<string, string> objects)
    {
        await using var api = await FakeApi.StartAsync(context => objects.TryGetValue(context.Request.Path.Value!, out var found)
            ? context.JsonAsync(200, found)
            : context.JsonAsync(403, Answers.StatusJson(403, "Forbidden", "no right")));
        using var connection = new KubernetesConnection(new ApiAccess(api.Address, "ns", "the test"), TimeProvider.System);
        return await OwnerDiscovery.FindAsync(connection, "me", default);
    }

    private static OwnerLookup.Found Found(string kind, string name, string uid) =>
        new(new V1OwnerReference { ApiVersion = "apps/v1", Kind = kind, Name = name, Uid = uid });

    private static string Object(string uid, string? kind = null, string? owner = null, string? ownerUid = null) => kind is null
        ? $$$"""{"metadata":{"name":"x","uid":"{{{uid}}}"}}"""
        : $$$"""{"metadata":{"name":"x","uid":"{{{uid}}}","ownerReferences":[{"apiVersion":"apps/v1","kind":"{{{kind}}}","name":"{{{owner}}}","uid":"{{{ownerUid}}}","controller":true}]},"spec":{"containers":[]}}""";
}
