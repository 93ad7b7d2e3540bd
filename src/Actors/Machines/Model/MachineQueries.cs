using CacheMachine.Actors.Machines.Status;

namespace CacheMachine.Actors.Machines.Model;

/// <summary>
/// How much of its nodes a machine tells: thousands of nodes that lack thousands of images each make an answer of hundreds of megabytes.
/// </summary>
public enum NodeDetail
{
    /// <summary>All, or a summary where that would be much.</summary>
    Auto,

    /// <summary>Each node, with all that it lacks.</summary>
    All,

    /// <summary>Some nodes that are not eligible or lack something, each with some of what it lacks, and how many there are.</summary>
    Summary,

    /// <summary>Only how many there are.</summary>
    None,
}

/// <summary>How are you? The answer is a <see cref="MachineStatus"/>, <see cref="NotSeenYet"/> or <see cref="MachineNotFound"/>.</summary>
/// <param name="Machine">Name of the machine.</param>
/// <param name="Nodes">How much the answer tells of nodes.</param>
/// <param name="Until">After this, in real time, nobody waits for the answer any more, and there is none; null: somebody does.</param>
public sealed record GetMachine(string Machine, NodeDetail Nodes = NodeDetail.Auto, DateTimeOffset? Until = null) : IMachineCommand;

/// <summary>What is desired, and what is available? The answer is a <see cref="MachineImages"/>, <see cref="NotSeenYet"/> or <see cref="MachineNotFound"/>.</summary>
/// <param name="Machine">Name of the machine.</param>
/// <param name="Until">As for <see cref="GetMachine"/>.</param>
public sealed record GetMachineImages(string Machine, DateTimeOffset? Until = null) : IMachineCommand;
