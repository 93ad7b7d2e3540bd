namespace CacheMachine.Kubernetes;

/// <summary>All pages of a list, of one moment.</summary>
/// <param name="ResourceVersion">That moment; a watch that starts here misses nothing.</param>
/// <param name="Items">In the server's order (by name).</param>
public sealed record ResourceList<T>(string ResourceVersion, IReadOnlyList<T> Items);
