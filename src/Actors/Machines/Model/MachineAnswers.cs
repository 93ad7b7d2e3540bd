namespace CacheMachine.Actors.Machines.Model;

/// <summary>There is no machine of this name.</summary>
/// <param name="Machine">The name.</param>
public sealed record MachineNotFound(string Machine);

/// <summary>The machine is not created: there are as many as there may be. Others may be given another spec.</summary>
/// <param name="Limit">How many that is.</param>
public sealed record TooManyMachines(int Limit);

/// <summary>The machine, its pulls and its DaemonSets are gone.</summary>
/// <param name="Machine">The name.</param>
/// <param name="Generation">Of the order to go that this answers.</param>
public sealed record MachineGone(string Machine, long Generation);

/// <summary>
/// The answer to a command that could not be stored, as while the database is away: who answers has changed nothing. Trying again later is safe.
/// </summary>
/// <param name="Why">What could not be stored, and why, in words.</param>
public sealed record NotStored(string Why);
