using System.Collections.Immutable;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Actors.Supervisor;

/// <summary>Something that happened to the list of machines and is in its journal for ever.</summary>
public interface ISupervisorEvent;

/// <summary>A machine was created, or given another spec.</summary>
/// <param name="Generation">Which order this is, see <see cref="ConfigureMachine"/>. 0 in version 1 of this event, which had none.</param>
/// <param name="Spec">What is asked of it.</param>
public sealed record MachineCreated(long Generation, MachineSpec Spec) : ISupervisorEvent;

/// <summary>A machine is to go; it is told so until it is gone.</summary>
/// <param name="Machine">Its name.</param>
/// <param name="Generation">Which order this is, see <see cref="DeleteMachine"/>. 0 in version 1 of this event, which had none.</param>
public sealed record MachineRemoving(string Machine, long Generation) : ISupervisorEvent;

/// <summary>A machine is gone.</summary>
/// <param name="Machine">Its name.</param>
public sealed record MachineRemoved(string Machine) : ISupervisorEvent;

/// <summary>The machines there are: the journal, applied.</summary>
/// <param name="Machines">By name.</param>
/// <param name="Removing">Those that are on their way out, by name, with the generation of that order.</param>
public sealed record MachineRegister(ImmutableSortedDictionary<string, MachineCreated> Machines, ImmutableSortedDictionary<string, long> Removing)
{
    /// <summary>No machines.</summary>
    public static MachineRegister Empty { get; } =
        new(ImmutableSortedDictionary.Create<string, MachineCreated>(StringComparer.Ordinal), ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal));

    /// <summary>The register after one more event.</summary>
    public MachineRegister Apply(ISupervisorEvent @event) => @event switch
    {
        MachineCreated e => new(Machines.SetItem(e.Spec.Name, e), Removing.Remove(e.Spec.Name)),
        MachineRemoving e => new(Machines.Remove(e.Machine), Removing.SetItem(e.Machine, e.Generation)),
        MachineRemoved e => this with { Removing = Removing.Remove(e.Machine) },
        _ => throw new ArgumentOutOfRangeException(nameof(@event), @event.GetType().Name, "an event of no known kind"),
    };
}
