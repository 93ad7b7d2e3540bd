using System.Collections.Immutable;
using CacheMachine.Actors.CacheMachines;

namespace CacheMachine.Actors.Supervisor;

/// <summary>Something that happened to the list of machines and is in its journal for ever.</summary>
public interface ISupervisorEvent;

/// <summary>A machine was created, or given another spec.</summary>
/// <param name="Id">Which creation this is.</param>
/// <param name="Spec">What is asked of it.</param>
public sealed record MachineCreated(string Id, MachineSpec Spec) : ISupervisorEvent;

/// <summary>A machine is to go; it is told so until it is gone.</summary>
/// <param name="Machine">Its name.</param>
public sealed record MachineRemoving(string Machine) : ISupervisorEvent;

/// <summary>A machine is gone.</summary>
/// <param name="Machine">Its name.</param>
public sealed record MachineRemoved(string Machine) : ISupervisorEvent;

/// <summary>The machines there are: the journal, applied.</summary>
/// <param name="Machines">By name.</param>
/// <param name="Removing">Names of those that are on their way out.</param>
public sealed record MachineRegister(ImmutableSortedDictionary<string, MachineCreated> Machines, ImmutableSortedSet<string> Removing)
{
    /// <summary>No machines.</summary>
    public static MachineRegister Empty { get; } =
        new(ImmutableSortedDictionary.Create<string, MachineCreated>(StringComparer.Ordinal), ImmutableSortedSet.Create<string>(StringComparer.Ordinal));

    /// <summary>The register after one more event.</summary>
    public MachineRegister Apply(ISupervisorEvent @event) => @event switch
    {
        MachineCreated e => new(Machines.SetItem(e.Spec.Name, e), Removing.Remove(e.Spec.Name)),
        MachineRemoving e => new(Machines.Remove(e.Machine), Removing.Add(e.Machine)),
        MachineRemoved e => this with { Removing = Removing.Remove(e.Machine) },
        _ => throw new ArgumentOutOfRangeException(nameof(@event), @event.GetType().Name, "an event of no known kind"),
    };
}
