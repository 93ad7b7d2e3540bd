using System.Collections.Immutable;
using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Event;

namespace CacheMachine.Runtime.Sharding;

/// <summary>
/// The entry to all entities of one type: finds the home of a message's shard and hands the message on with its sender, to a shard here, or to the region of another
/// replica. While a shard is nowhere, its messages wait for a while. Stands for Akka.NET's <c>Akka.Cluster.Sharding.ShardRegion</c>.
/// </summary>
internal sealed partial class ShardRegionActor : ReceiveActor, IWithTimers
{
    private readonly ShardRegionServices _services;
    private readonly Dictionary<string, IActorRef> _shards = new(StringComparer.Ordinal);
    private readonly HashSet<string> _stopping = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Queue<Held>> _waiting = new(StringComparer.Ordinal);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ImmutableDictionary<string, ShardHome> _homes = ImmutableDictionary<string, ShardHome>.Empty;
    private int _held;

    public ShardRegionActor(ShardRegionServices services)
    {
        _services = services;
        Receive<ShardHomes>(OnHomes);
        Receive<StopShard>(OnStopShard);
        Receive<Terminated>(OnTerminated);
        Receive<Incoming>(OnIncoming);
        Receive<Sent>(OnSent);
        Receive<SendAgain>(m => Send(m.EntityId));
        Receive<Expire>(_ => OnExpire());
        ReceiveAny(OnMessage);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private ShardCluster? Cluster => _services.Cluster;

    protected override void PreStart() => Cluster?.Coordinator.Tell(new RegisterRegion(Self));

    private void OnMessage(object message)
    {
        if (_services.Extractor.EntityId(message) is not { Length: > 0 } entityId || _services.Extractor.EntityMessage(message) is null)
            Unhandled(message);
        else
            Route(new Held(entityId, _services.Extractor.ShardId(entityId, message), message, Sender, Deadline()));
    }

    private void Route(Held held)
    {
        if (ShardHere(held.ShardId) is { } shard)
            shard.Tell(new ShardActor.Deliver(held.EntityId, _services.Extractor.EntityMessage(held.Message)!), held.Sender);
        else if (_homes.GetValueOrDefault(held.ShardId) is ShardHome.At)
            SendLater(held);
        else
            Hold(held);
    }

    /// <summary>The shard's actor, started if need be; null where the shard is elsewhere or nowhere, or its last actor has yet to stop.</summary>
    private IActorRef? ShardHere(string shardId)
    {
        // A process that was frozen past its lease must not even answer for it.
        if (Cluster is { } cluster && !(_homes.GetValueOrDefault(shardId) is ShardHome.Here && cluster.Fence.Holds(shardId)))
            return null;
        if (_stopping.Contains(shardId))
            return null;
        if (!_shards.TryGetValue(shardId, out var shard))
        {
            shard = Context.Watch(Context.ActorOf(
                Props.Create<ShardActor>(_services.EntityProps, _services.Settings, _services.HandOffStopMessage), $"{ActorNames.Encode(shardId)}"));
            _shards.Add(shardId, shard);
        }
        return shard;
    }

    private void OnHomes(ShardHomes message)
    {
        _homes = message.Homes;
        foreach (var (shardId, shard) in _shards)
        {
            // A shard that is being handed over has no home, and stops in order.
            if (_homes.GetValueOrDefault(shardId) is not ShardHome.Here && _stopping.Add(shardId))
                Context.Stop(shard);
        }
        Release();
    }

    private void OnStopShard(StopShard message)
    {
        if (!_shards.TryGetValue(message.ShardId, out var shard))
        {
            Sender.Tell(new ShardStopped(message.ShardId, Self));
            return;
        }
        _stopping.Add(message.ShardId);
        shard.Tell(ShardActor.HandOff.Instance);
    }

    private void OnTerminated(Terminated terminated)
    {
        var shardId = _shards.First(shard => shard.Value.Equals(terminated.ActorRef)).Key;
        _shards.Remove(shardId);
        _stopping.Remove(shardId);
        Cluster?.Coordinator.Tell(new ShardStopped(shardId, Self));
        Release();
    }

    private void OnIncoming(Incoming incoming)
    {
        if (_services.Extractor.EntityId(incoming.Message) is not { Length: > 0 } entityId || _services.Extractor.EntityMessage(incoming.Message) is not { } payload)
        {
            incoming.IsTaken.SetException(new ArgumentException($"{incoming.Message.GetType().Name} is for no entity of this type"));
            return;
        }
        var shard = ShardHere(_services.Extractor.ShardId(entityId, incoming.Message));
        shard?.Tell(new ShardActor.Deliver(entityId, payload), Sender);
        incoming.IsTaken.SetResult(shard is not null);
    }

    private long Deadline() => Cluster is { } cluster ? cluster.Time.GetTimestamp() + (long)(cluster.Settings.HoldMessagesFor.TotalSeconds * cluster.Time.TimestampFrequency) : 0;

    private void Hold(Held held)
    {
        if (_held >= (Cluster?.Settings.HoldAtMost ?? int.MaxValue))
        {
            Refuse(held, $"too many messages wait for a shard without an owner ({_held})");
            return;
        }
        if (!_waiting.TryGetValue(held.ShardId, out var queue))
            _waiting.Add(held.ShardId, queue = new Queue<Held>());
        queue.Enqueue(held);
        _held++;
        if (Cluster is { } cluster && !Timers.IsTimerActive(nameof(Expire)))
            Timers.StartSingleTimer(nameof(Expire), Expire.Instance, cluster.Settings.HoldMessagesFor / 10);
    }

    private void Release()
    {
        foreach (var (shardId, queue) in _waiting.ToList())
        {
            if (_homes.GetValueOrDefault(shardId) is not ShardHome.At && ShardHere(shardId) is null)
                continue;
            _waiting.Remove(shardId);
            _held -= queue.Count;
            foreach (var held in queue)
                Route(held);
        }
    }

    private void OnExpire()
    {
        Release();
        foreach (var (shardId, queue) in _waiting.ToList())
        {
            while (queue.TryPeek(out var held) && IsLate(held))
            {
                _held--;
                Refuse(queue.Dequeue(), "no replica owns it just now");
            }
            if (queue.Count == 0)
                _waiting.Remove(shardId);
        }
        if (_held > 0)
            Timers.StartSingleTimer(nameof(Expire), Expire.Instance, Cluster!.Settings.HoldMessagesFor / 10);
    }

    private bool IsLate(Held held) => Cluster!.Time.GetTimestamp() >= held.Deadline;

    private void Refuse(Held held, string why)
    {
        _log.Debug("A {0} for {1} in shard {2} is not carried out: {3}", held.Message.GetType().Name, held.EntityId, held.ShardId, why);
        if (HasSender(held))
            held.Sender.Tell(new Status.Failure(new ShardUnavailableException($"{held.EntityId} (shard {held.ShardId}): {why}")), Self);
    }

    private static bool HasSender(Held held) => !held.Sender.Equals(Context.System.DeadLetters) && !held.Sender.Equals(ActorRefs.Nobody);

    /// <summary>A message that cannot be handed on yet.</summary>
    private sealed record Held(string EntityId, string ShardId, object Message, IActorRef Sender, long Deadline);

    private sealed record Expire
    {
        public static Expire Instance { get; } = new();
    }
}

/// <summary>What a region needs.</summary>
/// <param name="TypeName">The type of entity.</param>
/// <param name="EntityProps">Makes the Props of an entity from its id.</param>
/// <param name="Settings">How the shards behave.</param>
/// <param name="Extractor">Tells for whom a message is.</param>
/// <param name="HandOffStopMessage">What an entity wants to receive in order to stop itself.</param>
/// <param name="Cluster">The other replicas; null where there are none.</param>
internal sealed record ShardRegionServices(
    string TypeName, Func<string, Props> EntityProps, ClusterShardingSettings Settings, IMessageExtractor Extractor, object HandOffStopMessage, ShardCluster? Cluster);

/// <summary>The other replicas.</summary>
/// <param name="Coordinator">Knows the homes of the shards.</param>
/// <param name="Transport">Reaches the other replicas.</param>
/// <param name="Fence">For which shards this replica may act.</param>
/// <param name="Settings">Times and limits.</param>
/// <param name="Time">Clock.</param>
internal sealed record ShardCluster(IActorRef Coordinator, IShardTransport Transport, ShardFence Fence, ShardClusterSettings Settings, TimeProvider Time);

/// <summary>A message from another replica; its sender is who waits for the answer.</summary>
/// <param name="Message">For an entity of this type.</param>
/// <param name="IsTaken">Gets true as soon as the entity's shard has the message, false where the shard is not here.</param>
internal sealed record Incoming(object Message, TaskCompletionSource<bool> IsTaken);
