using CacheMachine.Actors.Machines.Status;

namespace CacheMachine.Actors.Machines.Model;

/// <summary>How are you? The answer is a <see cref="MachineStatus"/>, <see cref="NotSeenYet"/> or <see cref="MachineNotFound"/>.</summary>
/// <param name="Machine">Name of the machine.</param>
public sealed record GetMachine(string Machine) : IMachineCommand;

/// <summary>What is desired, and what is available? The answer is a <see cref="MachineImages"/>, <see cref="NotSeenYet"/> or <see cref="MachineNotFound"/>.</summary>
/// <param name="Machine">Name of the machine.</param>
public sealed record GetMachineImages(string Machine) : IMachineCommand;
