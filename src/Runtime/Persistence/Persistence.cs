using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.Persistence;

/// <summary>Gives a system its journal. Stands for Akka.NET's extension <c>Akka.Persistence.Persistence</c>, whose plugins are configured in HOCON there.</summary>
public static class Persistence
{
    /// <summary>To be called once for a system, before its first persistent actor.</summary>
    /// <param name="system">The system.</param>
    /// <param name="store">Journal and snapshots; stays the caller's, to be disposed after the system has terminated.</param>
    /// <param name="serializer">Knows every event and snapshot of the application.</param>
    /// <exception cref="InvalidOperationException">The system has a journal already.</exception>
    public static PersistenceExtension Attach(ActorSystem system, IEventStore store, IPayloadSerializer serializer)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(serializer);
        var extension = new PersistenceExtension(store, serializer);
        return ReferenceEquals(system.RegisterExtension(_ => extension), extension)
            ? extension
            : throw new InvalidOperationException($"The actor system '{system.Name}' has a journal already.");
    }

    /// <summary>Stands for <c>Persistence.Instance.Get(system)</c>.</summary>
    /// <exception cref="InvalidOperationException"><see cref="Attach"/> was not called for the system.</exception>
    internal static PersistenceExtension Get(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.GetExtension<PersistenceExtension>();
    }
}
