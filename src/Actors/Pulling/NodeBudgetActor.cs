using System.Collections.Immutable;

namespace CacheMachine.Actors.Pulling;

/// <summary>To the budget: these nodes are what a machine pulls on, or would; no others.</summary>
/// <param name="Machine">Name of the machine.</param>
/// <param name="Nodes">Names, the most urgent first.</param>
public sealed record WantNodes(string Machine, ImmutableArray<string> Nodes);

/// <summary>From the budget, whenever it changes: a machine may pull on these nodes, and on no others.</summary>
/// <param name="Nodes">Names.</param>
public sealed record NodesGranted(ImmutableHashSet<string> Nodes) : IMachineMessage;

/// <summary>Lets only so many nodes pull at one time, over all machines.</summary>
public sealed class NodeBudgetActor : ReceiveActor
{
    private readonly Dictionary<IActorRef, string> _machines = [];
    private NodeBudget _budget;

    /// <param name="most">How many nodes at one time.</param>
    public NodeBudgetActor(int most)
    {
        _budget = new NodeBudget(most);
        Receive<WantNodes>(m =>
        {
            if (_machines.TryAdd(Sender, m.Machine))
            {
                Context.Watch(Sender);
                Sender.Tell(new NodesGranted(_budget.Granted));
            }
            Change(_budget.Want(m.Machine, m.Nodes));
        });
        Receive<Terminated>(m =>
        {
            if (_machines.Remove(m.ActorRef, out var machine))
                Change(_budget.Want(machine, []));
        });
    }

    private void Change(NodeBudget budget)
    {
        var changed = !budget.Granted.SetEquals(_budget.Granted);
        _budget = budget;
        if (!changed)
            return;
        foreach (var machine in _machines.Keys)
            machine.Tell(new NodesGranted(budget.Granted));
    }
}
