namespace CacheMachine.Kubernetes;

/// <summary>Which objects a list or watch is about.</summary>
/// <param name="LabelSelector">In the API's syntax, for example <c>cachemachine=pull,app in (a,b)</c>; null for all.</param>
/// <param name="FieldSelector">For example <c>spec.nodeName=n1</c>; null for all.</param>
public sealed record ListOptions(string? LabelSelector = null, string? FieldSelector = null)
{
    /// <summary>No selectors.</summary>
    public static ListOptions All { get; } = new();
}
