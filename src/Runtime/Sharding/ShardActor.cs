using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Event;

namespace CacheMachine.Runtime.Sharding;

/// <summary>
/// The parent of the entities of one shard: starts them when a message comes, and puts them to sleep without losing one. Stands for Akka.NET's
/// <c>Akka.Cluster.Sharding.Shard</c>.
/// </summary>
internal sealed class ShardActor : ReceiveActor
{
    private readonly Dictionary<string, Entity> _entities = new(StringComparer.Ordinal);
    private readonly Dictionary<IActorRef, string> _ids = [];
    private readonly Func<string, Props> _entityProps;
    private readonly ClusterShardingSettings _settings;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly object _handOffStopMessage;
    private int _buffered;
    private bool _handingOff;

    public ShardActor(Func<string, Props> entityProps, ClusterShardingSettings settings, object handOffStopMessage)
    {
        (_entityProps, _settings, _handOffStopMessage) = (entityProps, settings, handOffStopMessage);
        Receive<Deliver>(OnDeliver);
        Receive<Passivate>(OnPassivate);
        Receive<Terminated>(OnTerminated);
        Receive<HandOff>(_ => OnHandOff());
        // An entity that does not stop when it is told to must not keep the shard for ever.
        Receive<ReceiveTimeout>(_ => Context.Stop(Self));
    }

    /// <summary>A message on its way to an entity; its sender is the original one.</summary>
    internal sealed record Deliver(string EntityId, object Payload);

    /// <summary>Stop all entities in order, then yourself.</summary>
    internal sealed record HandOff
    {
        internal static HandOff Instance { get; } = new();
    }

    private sealed record Entity(IActorRef Ref)
    {
        /// <summary>What came since the entity was told to stop; null as long as it was not.</summary>
        internal Queue<(object Payload, IActorRef Sender)>? Buffer { get; set; }
    }

    private void OnDeliver(Deliver message)
    {
        var entity = _entities.TryGetValue(message.EntityId, out var known) ? known : StartEntity(message.EntityId);
        if (entity.Buffer is null)
        {
            entity.Ref.Tell(message.Payload, Sender);
        }
        else if (_buffered < _settings.BufferSize)
        {
            entity.Buffer.Enqueue((message.Payload, Sender));
            _buffered++;
        }
        else
        {
            _log.Warning("The buffer of the shard is full ({Size} messages): a message to the entity {Entity}, which is stopping, goes to dead letters.", _settings.BufferSize, message.EntityId);
            Context.System.DeadLetters.Tell(message.Payload, Sender);
        }
    }

    private Entity StartEntity(string entityId)
    {
        var entity = new Entity(Context.Watch(Context.ActorOf(_entityProps(entityId), ActorNames.Encode(entityId))));
        _entities.Add(entityId, entity);
        _ids.Add(entity.Ref, entityId);
        return entity;
    }

    private void OnPassivate(Passivate passivate)
    {
        if (!_ids.TryGetValue(Sender, out var entityId))
        {
            Unhandled(passivate);
            return;
        }
        var entity = _entities[entityId];
        // Asked for twice, it is told to stop once.
        if (entity.Buffer is not null)
            return;
        entity.Buffer = new Queue<(object, IActorRef)>();
        entity.Ref.Tell(passivate.StopMessage, Self);
    }

    private void OnHandOff()
    {
        _handingOff = true;
        Cell.SetReceiveTimeout(_settings.HandOffTimeout);
        foreach (var entity in _entities.Values)
            entity.Ref.Tell(_handOffStopMessage, Self);
        StopIfDone();
    }

    private void StopIfDone()
    {
        if (_handingOff && _entities.Count == 0)
            Context.Stop(Self);
    }

    private void OnTerminated(Terminated terminated)
    {
        if (!_ids.Remove(terminated.ActorRef, out var entityId))
            return;
        _entities.Remove(entityId, out var stopped);
        if (stopped?.Buffer is not { Count: > 0 } buffer)
        {
            StopIfDone();
            return;
        }
        _buffered -= buffer.Count;
        var next = StartEntity(entityId);
        foreach (var (payload, sender) in buffer)
            next.Ref.Tell(payload, sender);
        if (_handingOff)
            next.Ref.Tell(_handOffStopMessage, Self);
    }
}
