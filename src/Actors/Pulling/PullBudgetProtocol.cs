using System.Collections.Immutable;

namespace CacheMachine.Actors.Pulling;

/// <summary>To the budget: these nodes are what a machine pulls on, or would; no others.</summary>
/// <param name="Machine">Name of the machine.</param>
/// <param name="Nodes">Names, the most urgent first.</param>
public sealed record WantNodes(string Machine, ImmutableArray<string> Nodes);

/// <summary>From the budget, whenever it changes: a machine may pull on these nodes, and on no others.</summary>
/// <param name="Nodes">Names.</param>
public sealed record NodesGranted(ImmutableHashSet<string> Nodes) : IMachineMessage;

/// <summary>To the budget: this is what a machine has, and would begin.</summary>
/// <param name="Machine">Name of the machine.</param>
/// <param name="Wants">What.</param>
public sealed record WantPulls(string Machine, PullWants Wants);

/// <summary>From the budget, whenever it changes.</summary>
/// <param name="Pulls">How many pulls the machine may have begun since it first asked.</param>
/// <param name="MostPods">On how many nodes one of them may be at the same time.</param>
public sealed record PullsGranted(long Pulls, int MostPods) : IMachineMessage;
