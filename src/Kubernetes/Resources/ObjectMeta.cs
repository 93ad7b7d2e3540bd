namespace CacheMachine.Kubernetes.Resources;

/// <summary>metav1.ObjectMeta. What the server sets (uid, resourceVersion, timestamps) is left null when creating.</summary>
/// <param name="Name">Null only together with <paramref name="GenerateName"/>, before the object is created.</param>
/// <param name="GenerateName">Prefix to which the server adds five random characters.</param>
/// <param name="Namespace">Null for objects of the whole cluster.</param>
/// <param name="Uid">Differs between an object and a later one of the same name.</param>
/// <param name="ResourceVersion">Opaque; only good for comparing equal, for preconditions and for watches.</param>
/// <param name="Generation">Counts changes of the spec.</param>
/// <param name="CreationTimestamp">Whole seconds, the server's clock.</param>
/// <param name="DeletionTimestamp">When set, the object is being deleted and waits for its grace period or finalizers.</param>
/// <param name="Labels">Null and empty mean the same.</param>
/// <param name="Annotations">Null and empty mean the same.</param>
/// <param name="OwnerReferences">At most one of them is the controller.</param>
/// <param name="Finalizers">Names that must be gone before the object is.</param>
public sealed record ObjectMeta(
    string? Name = null,
    string? GenerateName = null,
    string? Namespace = null,
    string? Uid = null,
    string? ResourceVersion = null,
    long? Generation = null,
    DateTimeOffset? CreationTimestamp = null,
    DateTimeOffset? DeletionTimestamp = null,
    IReadOnlyDictionary<string, string>? Labels = null,
    IReadOnlyDictionary<string, string>? Annotations = null,
    IReadOnlyList<OwnerReference>? OwnerReferences = null,
    IReadOnlyList<string>? Finalizers = null);

/// <summary>
/// metav1.OwnerReference. An owner that does not exist (wrong uid, other namespace) makes the garbage collector delete
/// the object that names it.
/// </summary>
/// <param name="ApiVersion">Group and version, for example <c>apps/v1</c>.</param>
/// <param name="Kind">For example <c>Deployment</c>.</param>
/// <param name="Name">In the same namespace as the object.</param>
/// <param name="Uid">Of the present owner, not of an earlier one of that name.</param>
/// <param name="Controller">True for the one owner that manages the object.</param>
/// <param name="BlockOwnerDeletion">Foreground deletion of the owner waits for this object; needs rights on the owner's finalizers.</param>
public sealed record OwnerReference(
    string ApiVersion,
    string Kind,
    string Name,
    string Uid,
    bool? Controller = null,
    bool? BlockOwnerDeletion = null);

/// <summary>metav1.ListMeta.</summary>
/// <param name="ResourceVersion">The moment that the whole list stands for.</param>
/// <param name="Continue">Opaque token of the next page; null or empty on the last.</param>
/// <param name="RemainingItemCount">Only an estimate, and not with selectors.</param>
public sealed record ListMeta(string? ResourceVersion = null, string? Continue = null, long? RemainingItemCount = null);
