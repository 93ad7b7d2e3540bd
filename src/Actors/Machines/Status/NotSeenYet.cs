using CacheMachine.Actors.Machines.Model;

namespace CacheMachine.Actors.Machines.Status;

/// <summary>
/// The machine's replica has not listed the cluster since it, or the machine's actor, began: nothing is known to be available. What was known before says more.
/// </summary>
/// <param name="Status">The answer to <see cref="GetMachine"/>, as far as it is known.</param>
/// <param name="Images">The answer to <see cref="GetMachineImages"/>, as far as it is known.</param>
public sealed record NotSeenYet(MachineStatus? Status, MachineImages? Images);
