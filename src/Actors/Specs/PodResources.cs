using System.Collections.Immutable;

namespace CacheMachine.Actors.Specs;

/// <summary>Quantities as in <c>v1.ResourceRequirements</c>, for example <c>cpu: 10m</c>.</summary>
/// <param name="Requests">By resource name.</param>
/// <param name="Limits">By resource name.</param>
public sealed record PodResources(ImmutableSortedDictionary<string, string> Requests, ImmutableSortedDictionary<string, string> Limits);
