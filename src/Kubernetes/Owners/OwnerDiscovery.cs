using CacheMachine.Kubernetes.Errors;
using CacheMachine.Kubernetes.Resources;

namespace CacheMachine.Kubernetes.Owners;

/// <summary>
/// Follows controllers from a pod upwards: Pod → ReplicaSet → Deployment, Pod → StatefulSet. Needs <c>get</c> on pods and on those kinds.
/// Each step checks the uid: an owner that was deleted and made anew under its name is not the owner.
/// </summary>
public static class OwnerDiscovery
{
    /// <summary>The topmost of them. Never throws for a failed call.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="ns">The pod's namespace.</param>
    /// <param name="podName">From <see cref="PodIdentity"/>; null when it has none.</param>
    /// <param name="cancellationToken">Thrown when cancelled.</param>
    public static async Task<OwnerLookup> FindAsync(
        KubernetesClient client, string ns, string? podName, CancellationToken cancellationToken)
    {
        if (podName is not { Length: > 0 })
            return new OwnerLookup.Unknown("this process is in no pod: neither POD_NAME nor HOSTNAME nor /etc/podinfo/name is there", false);
        var pod = await client.Pods(ns).GetAsync(podName, cancellationToken);
        if (!pod.IsSuccess)
            return NoAnswer($"pod {ns}/{podName}, in which this process should be, could not be read", pod.Error);
        if (Controller(pod.Value.Metadata) is not { } owner)
            return new OwnerLookup.Unknown($"pod {ns}/{podName} has no controller", false);

        // Two steps at most: whatever is above a Deployment (an operator's resource) is not ours to name.
        return owner.Kind switch
        {
            "ReplicaSet" => await ThroughReplicaSetAsync(client, ns, owner, cancellationToken),
            "StatefulSet" => (await VerifyAsync(client, WorkloadMetadata.StatefulSets, ns, owner, cancellationToken)).Lookup,
            _ => new OwnerLookup.Unknown(
                $"pod {ns}/{podName} is controlled by {owner.Kind} {owner.Name}, which is neither a ReplicaSet nor a StatefulSet", false),
        };
    }

    private static async Task<OwnerLookup> ThroughReplicaSetAsync(
        KubernetesClient client, string ns, OwnerReference reference, CancellationToken cancellationToken)
    {
        var (replicaSet, lookup) = await VerifyAsync(client, WorkloadMetadata.ReplicaSets, ns, reference, cancellationToken);
        if (replicaSet is null || Controller(replicaSet) is not { } above)
            return lookup;
        return above.Kind == "Deployment"
            ? (await VerifyAsync(client, WorkloadMetadata.Deployments, ns, above, cancellationToken)).Lookup
            : lookup;
    }

    private static async Task<(ObjectMeta? Meta, OwnerLookup Lookup)> VerifyAsync(
        KubernetesClient client, ResourceKind<WorkloadMetadata> kind, string ns, OwnerReference reference, CancellationToken cancellationToken)
    {
        var what = $"{reference.Kind} {ns}/{reference.Name}";
        var answer = await client.For(kind, ns).GetAsync(reference.Name, cancellationToken);
        if (!answer.IsSuccess)
            return (null, NoAnswer($"{what}, which controls this pod, could not be read", answer.Error));
        if (answer.Value.Metadata.Uid != reference.Uid)
            return (null, new OwnerLookup.Unknown($"{what} was deleted and made anew since this pod was made", false));
        // Without the controller flag: the workload owns what we make, but it does not manage it.
        var owner = new OwnerReference(reference.ApiVersion, reference.Kind, reference.Name, reference.Uid);
        return (answer.Value.Metadata, new OwnerLookup.Found(owner));
    }

    private static OwnerReference? Controller(ObjectMeta metadata) =>
        metadata.OwnerReferences?.FirstOrDefault(reference => reference.Controller == true);

    private static OwnerLookup.Unknown NoAnswer(string what, ApiError error)
    {
        var final = error.Reason is ApiErrorReason.NotFound or ApiErrorReason.Forbidden or ApiErrorReason.Unauthorized;
        return new OwnerLookup.Unknown($"{what}: {error}", !final);
    }
}
