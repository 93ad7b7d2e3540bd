using CacheMachine.Actors.Nodes;

namespace CacheMachine.Actors.CacheMachines;

/// <summary>What a machine decides upon.</summary>
public interface IMachineMessage;

/// <summary>A message for the machine of this name, wherever it runs.</summary>
public interface IMachineCommand : IMachineMessage
{
    /// <summary>Name of the machine.</summary>
    string Machine { get; }
}

/// <summary>Be this machine, and run. The same again changes nothing.</summary>
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

/// <summary>Run, if you are there. The answer is <see cref="MachineRuns"/>.</summary>
/// <param name="Machine">Name of the machine.</param>
public sealed record RunMachine(string Machine) : IMachineCommand, IQuestion;

/// <summary>The machine of this name runs now, if it was ever made.</summary>
/// <param name="Machine">Name of the machine.</param>
/// <param name="Generation">Of the last order that it has; 0 where it has none.</param>
public sealed record MachineRuns(string Machine, long Generation);

/// <summary>How are you? The answer is a <see cref="MachineStatus"/> or <see cref="MachineNotFound"/>.</summary>
/// <param name="Machine">Name of the machine.</param>
public sealed record GetMachine(string Machine) : IMachineCommand, IQuestion;

/// <summary>What is desired, and what is available? The answer is a <see cref="MachineImages"/> or <see cref="MachineNotFound"/>.</summary>
/// <param name="Machine">Name of the machine.</param>
public sealed record GetMachineImages(string Machine) : IMachineCommand, IQuestion;

/// <summary>There is no machine of this name.</summary>
/// <param name="Machine">The name.</param>
public sealed record MachineNotFound(string Machine);

/// <summary>The machine, its pulls and its DaemonSets are gone.</summary>
/// <param name="Machine">The name.</param>
/// <param name="Generation">Of the order to go that this answers.</param>
public sealed record MachineGone(string Machine, long Generation);

/// <summary>
/// The answer to a command that could not be stored, as while the database is away: who answers has changed nothing. Trying again later is safe.
/// </summary>
/// <param name="Why">What could not be stored, and why, in words.</param>
public sealed record NotStored(string Why);

/// <summary>The cluster looks different now.</summary>
/// <param name="View">How.</param>
public sealed record ClusterSeen(ClusterView View) : IMachineMessage;

/// <summary>
/// A registry wants to be left alone. The machine that hears it, from a repository manager or in a kubelet's words, tells all machines of its
/// replica by the event stream.
/// </summary>
/// <param name="Registry">Its host, normalised.</param>
/// <param name="Until">Until when nothing new is pulled from it.</param>
public sealed record RegistryLimited(string Registry, DateTimeOffset Until) : IMachineMessage;

/// <summary>Time has come for something that waits on the clock.</summary>
public sealed record Awake : IMachineMessage
{
    /// <summary>The only one.</summary>
    public static Awake Instance { get; } = new();
}
