using System.Text.Json.Serialization;

namespace CacheMachine.Kubernetes.Resources;

/// <summary>metav1.DeleteOptions.</summary>
/// <param name="GracePeriodSeconds">0 deletes pods without waiting for kubelet; null takes the object's own.</param>
/// <param name="PropagationPolicy">
/// <c>Background</c> (the object goes at once, its dependents after it), <c>Foreground</c> (dependents first) or <c>Orphan</c>.
/// </param>
/// <param name="Preconditions">When one does not hold, the answer is a conflict and nothing is deleted.</param>
public sealed record DeleteOptions(
    long? GracePeriodSeconds = null,
    string? PropagationPolicy = null,
    DeletePreconditions? Preconditions = null) : ITypeMeta
{
    /// <summary><c>v1</c>, for every group.</summary>
    [JsonPropertyOrder(-2)]
    public string ApiVersion => "v1";

    /// <summary><c>DeleteOptions</c>.</summary>
    [JsonPropertyOrder(-1)]
    public string Kind => "DeleteOptions";
}

/// <summary>metav1.Preconditions.</summary>
/// <param name="Uid">Only this very object, not a later one of that name.</param>
/// <param name="ResourceVersion">Only if nobody changed it.</param>
public sealed record DeletePreconditions(string? Uid = null, string? ResourceVersion = null);

/// <summary>What a delete left behind.</summary>
/// <param name="Uid">Null when the server does not say it.</param>
/// <param name="StillThere">
/// True when the object stays for now (grace period or finalizers), so that a DELETED watch event is still to come.
/// </param>
public sealed record DeleteAnswer(string? Uid, bool StillThere);

/// <summary>
/// The body of a delete's answer: a Status with the uid in its details when the object is gone, else the object itself.
/// </summary>
internal sealed record DeletedBody(string? Kind = null, ObjectMeta? Metadata = null, Errors.ApiStatusDetails? Details = null)
{
    public DeleteAnswer ToAnswer() =>
        Kind == "Status" ? new DeleteAnswer(Details?.Uid, false) : new DeleteAnswer(Metadata?.Uid, Metadata?.DeletionTimestamp is not null);
}
