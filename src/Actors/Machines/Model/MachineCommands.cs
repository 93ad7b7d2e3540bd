using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Actors.Machines.Model;

/// <summary>A message for the machine of this name, wherever it runs.</summary>
public interface IMachineCommand : IMachineMessage
{
    /// <summary>Name of the machine.</summary>
    string Machine { get; }
}

/// <summary>Be this machine, and run. It is sent again and again; the same or an older one changes nothing.</summary>
/// <param name="Generation">Which order this is: above those of all orders that were given before to a machine of this name.</param>
/// <param name="Spec">What is asked of it.</param>
/// <param name="WantsAnswer">The answer is a <see cref="MachineStatus"/>; or there is none.</param>
public sealed record ConfigureMachine(long Generation, MachineSpec Spec, bool WantsAnswer = true) : IMachineCommand
{
    /// <inheritdoc/>
    public string Machine => Spec.Name;
}

/// <summary>Stop the loop, the pulls and the DaemonSets, then answer <see cref="MachineGone"/>.</summary>
/// <param name="Machine">Name of the machine.</param>
/// <param name="Generation">As for <see cref="ConfigureMachine"/>.</param>
public sealed record DeleteMachine(string Machine, long Generation) : IMachineCommand;
