namespace CacheMachine.Host.Kubernetes.Watching;

/// <summary>One page of a <c>...List</c> answer.</summary>
/// <param name="Metadata">Of the list.</param>
/// <param name="Items">Null for none.</param>
internal sealed record Page<T>(PageMeta? Metadata, IReadOnlyList<T>? Items);

/// <summary>metav1.ListMeta.</summary>
/// <param name="ResourceVersion">The moment of the list; a watch that starts here misses nothing.</param>
/// <param name="Continue">Asks for the next page; null or empty on the last one.</param>
internal sealed record PageMeta(string? ResourceVersion, string? Continue);
