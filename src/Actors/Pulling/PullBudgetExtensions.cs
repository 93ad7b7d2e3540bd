using Akka.Hosting;

namespace CacheMachine.Actors.Pulling;

/// <summary>Adds the budget of pulls to an actor system.</summary>
public static class PullBudgetExtensions
{
    /// <summary>One budget for each replica.</summary>
    /// <param name="akka">The actor system.</param>
    /// <param name="limits">Over all replicas.</param>
    public static AkkaConfigurationBuilder AddPullBudget(this AkkaConfigurationBuilder akka, PullLimits limits) => akka.WithActors(
        (system, registry) =>
            registry.Register<PullBudgetActor>(system.ActorOf(Props.Create(() => new PullBudgetActor(limits)), "pull-budget")));
}
