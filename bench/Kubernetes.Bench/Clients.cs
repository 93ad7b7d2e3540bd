using CacheMachine.Actors.Nodes;
using CacheMachine.Host.Kubernetes;
using CacheMachine.Host.Kubernetes.Access;
using CacheMachine.Host.Kubernetes.Watching;
using k8s;
using k8s.Models;

namespace CacheMachine.Kubernetes.Bench;

/// <summary>Ways to list and watch nodes. Each tells of the end of the list, and ends after the last change with what it has kept.</summary>
internal static class Clients
{
    public static IReadOnlyDictionary<string, Func<Uri, Action, Task<object>>> All { get; } = new Dictionary<string, Func<Uri, Action, Task<object>>>
    {
        ["follower"] = FollowerAsync,
        ["generated"] = GeneratedAsync,
    };

    /// <summary>As the service does it: the small model, projected to facts page by page, into the view of the actors.</summary>
    private static async Task<object> FollowerAsync(Uri server, Action listed)
    {
        using var connection = new KubernetesConnection(new ApiAccess(server, "default", "the bench"), TimeProvider.System);
        var follower = new Follower<WatchedNode, NodeFacts>(
            connection, new WatchedKind("", "v1", "nodes"), WatchedJson.Default.Options, node => node.Metadata?.ResourceVersion, ClusterFacts.Node);
        var (view, changes) = (ClusterView.Empty, 0);
        using var end = new CancellationTokenSource();
        try
        {
            await follower.RunAsync(
                told =>
                {
                    view = view.With(told switch
                    {
                        Followed<NodeFacts>.Listed m => new NodesListed(m.Items),
                        Followed<NodeFacts>.Changed m => new NodeChanged(m.Item),
                        Followed<NodeFacts>.Resumed => new WatchResumed(ClusterKinds.Nodes),
                        _ => throw new InvalidOperationException(told.ToString()),
                    });
                    if (told is Followed<NodeFacts>.Listed)
                        listed();
                    else if (told is Followed<NodeFacts>.Changed && ++changes == Load.Changes)
                        end.Cancel();
                },
                end.Token);
        }
        catch (OperationCanceledException) when (changes == Load.Changes)
        {
            // That was the last one.
        }
        return view;
    }

    /// <summary>KubernetesClient by itself: its generated models, kept by name as an informer does, and its own watch.</summary>
    private static async Task<object> GeneratedAsync(Uri server, Action listed)
    {
        using var client = new k8s.Kubernetes(new KubernetesClientConfiguration { Host = server.AbsoluteUri });
        var nodes = new Dictionary<string, V1Node>();
        string? next = null;
        string version;
        do
        {
            var page = await client.CoreV1.ListNodeAsync(limit: Load.Page, continueParameter: next);
            foreach (var node in page.Items)
                nodes[node.Metadata.Name] = node;
            (next, version) = (page.Metadata.ContinueProperty, page.Metadata.ResourceVersion);
        }
        while (!string.IsNullOrEmpty(next));
        listed();
        var changes = 0;
        await foreach (var (_, node) in client.CoreV1.WatchListNodeAsync(resourceVersion: version))
        {
            nodes[node.Metadata.Name] = node;
            if (++changes == Load.Changes)
                break;
        }
        return nodes;
    }
}
