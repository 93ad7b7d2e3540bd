namespace CacheMachine.Kubernetes.Resources;

/// <summary>What <c>/version</c> says; it needs no rights, so it is the cheapest proof that the server answers.</summary>
/// <param name="GitVersion">For example <c>v1.20.2</c>.</param>
/// <param name="Platform">For example <c>linux/amd64</c>.</param>
public sealed record ServerVersion(string? GitVersion = null, string? Platform = null);
