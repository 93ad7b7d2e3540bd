using System.Collections.Immutable;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Actors.Supervisor;

/// <summary>A message for the supervisor, wherever it runs.</summary>
public interface ISupervisorCommand;

/// <summary>Create the machine, or give it this spec. The answer is a <see cref="MachineStatus"/> or <see cref="TooManyMachines"/>.</summary>
/// <param name="Spec">What is asked of it.</param>
public sealed record CreateMachine(MachineSpec Spec) : ISupervisorCommand;

/// <summary>Delete the machine. The answer is <see cref="MachineGone"/>, or <see cref="MachineNotFound"/> where there is none.</summary>
/// <param name="Machine">Its name.</param>
public sealed record RemoveMachine(string Machine) : ISupervisorCommand;

/// <summary>Which machines are there? The answer is <see cref="MachineNames"/>.</summary>
public sealed record ListMachines : ISupervisorCommand
{
    /// <summary>The only one.</summary>
    public static ListMachines Instance { get; } = new();
}

/// <summary>The machines there are.</summary>
/// <param name="Names">In order.</param>
public sealed record MachineNames(ImmutableArray<string> Names);
