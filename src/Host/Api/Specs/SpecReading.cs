using CacheMachine.Actors.Specs;

namespace CacheMachine.Host.Api.Specs;

/// <summary>What a body is: exactly one of a spec, faults, and no JSON at all.</summary>
/// <param name="Spec">The machine, every rule holding; null where there are faults.</param>
/// <param name="Faults">All faults at once, of each object its unknown fields first; empty where there are none.</param>
/// <param name="NotJson">Why the body is not JSON, with line and position (in bytes), both from 1; null where it is.</param>
internal sealed record SpecReading(MachineSpec? Spec, IReadOnlyList<Fault> Faults, string? NotJson);
