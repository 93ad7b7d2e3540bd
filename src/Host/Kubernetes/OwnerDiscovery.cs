using CacheMachine.Host.Kubernetes.Calls;
using k8s;
using k8s.Models;

namespace CacheMachine.Host.Kubernetes;

/// <summary>
/// Follows controllers from a pod upwards: Pod → ReplicaSet → Deployment, Pod → StatefulSet. Needs <c>get</c> on pods and on those kinds.
/// Each step checks the uid: an owner that was deleted and made anew under its name is not the owner.
/// </summary>
internal static class OwnerDiscovery
{
    /// <summary>The topmost of them. Never throws for a failed call.</summary>
    /// <param name="connection">The cluster, and the pod's namespace.</param>
    /// <param name="podName">From <see cref="PodIdentity"/>.</param>
    /// <param name="cancellationToken">Thrown when cancelled.</param>
    public static async Task<OwnerLookup> FindAsync(KubernetesConnection connection, string podName, CancellationToken cancellationToken)
    {
        var ns = connection.Namespace;
        V1Pod pod;
        try
        {
            pod = await connection.AskAsync(
                new ApiOperation("get", "pods", ns, podName),
                (client, token) => client.CoreV1.ReadNamespacedPodAsync(podName, ns, cancellationToken: token), cancellationToken);
        }
        catch (ApiException e)
        {
            return NoAnswer($"pod {ns}/{podName}, in which this process should be, could not be read", e);
        }
        if (Controller(pod.Metadata) is not { } owner)
            return new OwnerLookup.Unknown($"pod {ns}/{podName} has no controller", false);

        // Two steps at most: whatever is above a Deployment (an operator's resource) is not ours to name.
        return owner.Kind switch
        {
            "ReplicaSet" => await ThroughReplicaSetAsync(connection, owner, cancellationToken),
            "StatefulSet" => (await VerifyAsync(connection, owner, StatefulSet, cancellationToken)).Lookup,
            _ => new OwnerLookup.Unknown(
                $"pod {ns}/{podName} is controlled by {owner.Kind} {owner.Name}, which is neither a ReplicaSet nor a StatefulSet", false),
        };
    }

    private static async Task<OwnerLookup> ThroughReplicaSetAsync(
        KubernetesConnection connection, V1OwnerReference reference, CancellationToken cancellationToken)
    {
        var (replicaSet, lookup) = await VerifyAsync(connection, reference, ReplicaSet, cancellationToken);
        if (replicaSet is null || Controller(replicaSet) is not { Kind: "Deployment" } above)
            return lookup;
        return (await VerifyAsync(connection, above, Deployment, cancellationToken)).Lookup;
    }

    private static async Task<(V1ObjectMeta? Meta, OwnerLookup Lookup)> VerifyAsync(
        KubernetesConnection connection, V1OwnerReference reference, Func<IKubernetes, string, string, CancellationToken, Task<V1ObjectMeta>> read,
        CancellationToken cancellationToken)
    {
        var ns = connection.Namespace;
        var what = $"{reference.Kind} {ns}/{reference.Name}";
        V1ObjectMeta found;
        try
        {
            found = await connection.AskAsync(
                new ApiOperation("get", $"{reference.Kind.ToLowerInvariant()}s.apps", ns, reference.Name),
                (client, token) => read(client, reference.Name, ns, token), cancellationToken);
        }
        catch (ApiException e)
        {
            return (null, NoAnswer($"{what}, which controls this pod, could not be read", e));
        }
        if (found.Uid != reference.Uid)
            return (null, new OwnerLookup.Unknown($"{what} was deleted and made anew since this pod was made", false));
        // Without the controller flag: the workload owns what we make, but it does not manage it.
        return (found, new OwnerLookup.Found(reference with { Controller = null, BlockOwnerDeletion = null }));
    }

    private static async Task<V1ObjectMeta> ReplicaSet(IKubernetes client, string name, string ns, CancellationToken cancellationToken) =>
        (await client.AppsV1.ReadNamespacedReplicaSetAsync(name, ns, cancellationToken: cancellationToken)).Metadata;

    private static async Task<V1ObjectMeta> StatefulSet(IKubernetes client, string name, string ns, CancellationToken cancellationToken) =>
        (await client.AppsV1.ReadNamespacedStatefulSetAsync(name, ns, cancellationToken: cancellationToken)).Metadata;

    private static async Task<V1ObjectMeta> Deployment(IKubernetes client, string name, string ns, CancellationToken cancellationToken) =>
        (await client.AppsV1.ReadNamespacedDeploymentAsync(name, ns, cancellationToken: cancellationToken)).Metadata;

    private static V1OwnerReference? Controller(V1ObjectMeta metadata) =>
        metadata.OwnerReferences?.FirstOrDefault(reference => reference.Controller == true);

    private static OwnerLookup.Unknown NoAnswer(string what, ApiException error) => new($"{what}: {error.Message}", !error.IsFinal);
}
