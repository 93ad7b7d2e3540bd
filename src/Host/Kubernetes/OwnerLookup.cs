using k8s.Models;

namespace CacheMachine.Host.Kubernetes;

/// <summary>Which workload runs this process, or why that is not known.</summary>
internal abstract record OwnerLookup
{
    private OwnerLookup()
    {
    }

    /// <summary>It was there a moment ago, with this very uid.</summary>
    /// <param name="Owner">Ready for metadata.ownerReferences of objects in the same namespace.</param>
    public sealed record Found(V1OwnerReference Owner) : OwnerLookup;

    /// <summary>Objects must be made without an owner: a wrong one would have them collected.</summary>
    /// <param name="Why">In words, for a log line or a status.</param>
    /// <param name="Retriable">
    /// True when asking again may help (no answer); false when the answer is final (no pod, no right, no controller).
    /// </param>
    public sealed record Unknown(string Why, bool Retriable) : OwnerLookup;
}
