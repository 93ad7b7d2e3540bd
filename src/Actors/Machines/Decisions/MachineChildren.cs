using System.Collections.Immutable;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Actors.Machines.Decisions;

/// <summary>What a machine's pullers are to do, as it follows from its state.</summary>
public static class MachineChildren
{
    /// <summary>The pullers there should be, by DaemonSet.</summary>
    public static ImmutableDictionary<string, PullerWork> Pullers(MachineState state)
    {
        var work = ImmutableDictionary.CreateBuilder<string, PullerWork>(StringComparer.Ordinal);
        foreach (var pull in state.Removing)
            work[pull] = new(null, 0);
        if (state.Spec is { } spec)
        {
            foreach (var (image, pull) in state.Record.Pulls)
                work[pull.Pull] = new(Order(spec, pull), state.Progress.GetValueOrDefault(image)?.Vanished ?? 0);
        }
        return work.ToImmutable();
    }

    private static PullOrder Order(MachineSpec spec, PullInFlight pull) =>
        new(pull.Pull, pull.Url, spec.PullPolicy ?? (pull.Digest is null ? "IfNotPresent" : "Always"), pull.Targets, spec);
}

/// <summary>What one puller is to do.</summary>
/// <param name="Order">The DaemonSet as it should be; null: it should not be.</param>
/// <param name="Again">Goes up when the same order has to be carried out once more.</param>
public sealed record PullerWork(PullOrder? Order, int Again);
