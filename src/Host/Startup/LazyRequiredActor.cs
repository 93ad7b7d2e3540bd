using Akka.Hosting;

namespace CacheMachine.Host.Startup;

/// <summary>
/// Finds an actor when it is first asked for. Akka.Hosting's own makes the whole actor system, with its port, as soon as it is injected
/// somewhere: before the database is open and the ports are known to be free.
/// </summary>
internal sealed class LazyRequiredActor<TActor>(IServiceProvider services) : IRequiredActor<TActor>
{
    private readonly Lazy<RequiredActor<TActor>> _actor =
        new(() => new RequiredActor<TActor>(services.GetRequiredService<IReadOnlyActorRegistry>()));

    /// <inheritdoc/>
    public IActorRef ActorRef => _actor.Value.ActorRef;

    /// <inheritdoc/>
    public Task<IActorRef> GetAsync(CancellationToken cancellationToken = default) => _actor.Value.GetAsync(cancellationToken);
}
