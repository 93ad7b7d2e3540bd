namespace CacheMachine.Runtime.Sharding;

/// <summary>
/// An entity tells its parent that it may be put to sleep. The shard sends it <see cref="StopMessage"/>, keeps what arrives for it until it has stopped, and
/// starts it again if anything has; no message is lost. Stands for Akka.NET's <c>Akka.Cluster.Sharding.Passivate</c>.
/// </summary>
public sealed class Passivate
{
    /// <summary>Stands for the constructor of Akka.NET's class.</summary>
    /// <param name="stopMessage">What the entity wants to receive in order to stop itself, <c>PoisonPill.Instance</c> for one.</param>
    public Passivate(object stopMessage) => StopMessage = stopMessage;

    /// <summary>What the entity wants to receive in order to stop itself. It arrives after everything that the shard had sent before.</summary>
    internal object StopMessage { get; }
}
