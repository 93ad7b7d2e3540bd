using Akka.Hosting;

namespace CacheMachine.Actors.Pulling;

/// <summary>Adds the node budget to an actor system.</summary>
public static class NodeBudgetExtensions
{
    /// <summary>One budget of pulling nodes for each replica.</summary>
    /// <param name="akka">The actor system.</param>
    /// <param name="nodes">Nodes that may pull at the same time; null for any number, and no budget.</param>
    public static AkkaConfigurationBuilder AddNodeBudget(this AkkaConfigurationBuilder akka, int? nodes) => nodes is not { } most
        ? akka
        : akka.WithActors((system, registry) => registry.Register<NodeBudgetActor>(system.ActorOf(Props.Create(() => new NodeBudgetActor(most)), "node-budget")));
}
