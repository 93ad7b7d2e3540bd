using Akka.Cluster;
using Akka.DistributedData;

namespace CacheMachine.Actors.Copies;

/// <summary>
/// Gives all replicas a copy of what the actors of this one answer, so that each replica can say it when they cannot be asked. One on each replica.
/// However often an actor changes its mind, it is published at most every <see cref="AtMostEvery"/>, and making copies takes at most a tenth of one processor.
/// </summary>
public sealed class CopyKeeperActor : ReceiveActor, IWithTimers
{
    /// <summary>Time between two publications of the same key.</summary>
    public static readonly TimeSpan AtMostEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Time after which what was published is compared with what is there: another replica may have published at the same time, or too late.</summary>
    public static readonly TimeSpan CompareAfter = TimeSpan.FromMinutes(1);

    // What is published reaches the other replicas at once or, where a message is lost, with the next gossip.
    private static readonly WriteAll ToAll = new(TimeSpan.FromSeconds(3));

    private static readonly TimeSpan LongestTurn = TimeSpan.FromMilliseconds(50);

    private readonly TimeProvider _time;
    private readonly IActorRef _replicator;
    private readonly UniqueAddress _self;
    private readonly Akka.Serialization.Serialization _serialization = Context.System.Serialization;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, (PublishCopy Order, IActorRef From)> _waiting = new(StringComparer.Ordinal);
    private readonly Queue<string> _turns = new();
    private readonly Dictionary<string, Published> _published = new(StringComparer.Ordinal);

    /// <param name="time">Clock.</param>
    /// <param name="replicator">Of distributed data.</param>
    /// <param name="self">This replica.</param>
    public CopyKeeperActor(TimeProvider time, IActorRef replicator, UniqueAddress self)
    {
        (_time, _replicator, _self) = (time, replicator, self);
        Receive<PublishCopy>(order =>
        {
            Context.Watch(Sender);
            if (_waiting.TryAdd(order.Key, (order, Sender)))
                _turns.Enqueue(order.Key);
            else
                _waiting[order.Key] = (order, Sender);
            if (!Timers.IsTimerActive(nameof(NextTurn)))
                TakeTurn();
        });
        Receive<NextTurn>(_ => TakeTurn());
        // It may be run by another replica from now on, which publishes it.
        Receive<Terminated>(gone =>
        {
            foreach (var key in _published.Where(published => published.Value.From.Equals(gone.ActorRef)).Select(published => published.Key).ToList())
                _published.Remove(key);
        });
        Receive<Compare>(_ =>
        {
            foreach (var key in _published.Keys)
                _replicator.Tell(Dsl.Get(CopyKeys.Register(key), ReadLocal.Instance));
        });
        Receive<GetSuccess>(found => Repair(found.Key.Id, found.Get(CopyKeys.Register(found.Key.Id)).Value));
        Receive<NotFound>(missing => Repair(missing.Key.Id, null));
        Receive<ModifyFailure>(failed => _log.Error(failed.Cause, "Cannot publish the copy {Copy}", failed.Key.Id));
        Receive<IUpdateResponse>(_ => { });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Compare), Compare.Instance, CompareAfter);

    private void TakeTurn()
    {
        var began = _time.GetTimestamp();
        var any = false;
        while (_time.GetElapsedTime(began) < LongestTurn && _turns.TryDequeue(out var key))
        {
            _waiting.Remove(key, out var next);
            Publish(next.Order, next.From);
            any = true;
        }
        var rest = _time.GetElapsedTime(began) * 9;
        if (any)
            Timers.StartSingleTimer(nameof(NextTurn), NextTurn.Instance, rest > AtMostEvery ? rest : AtMostEvery);
    }

    private void Publish(PublishCopy order, IActorRef from)
    {
        ReadCopy? copy;
        try
        {
            copy = CopyPacking.Pack(_serialization, order.Answers(), _time.GetUtcNow());
        }
        catch (Exception e)
        {
            // Those that wait behind it are published all the same.
            _log.Error(e, "Cannot make the copy {Copy}", order.Key);
            return;
        }
        if (copy is null)
        {
            _log.Warning("The copy {Copy} is not published, because even its shortest form is larger than {Largest} bytes", order.Key, CopyPacking.LargestContent);
            return;
        }
        if (_published.TryGetValue(order.Key, out var before) && before.Order.IsProvisional == order.IsProvisional && before.Copy.SaysTheSameAs(copy))
            copy = before.Copy;
        _published[order.Key] = new(order, copy, from);
        if (!ReferenceEquals(copy, before?.Copy))
            Replicate(order, copy);
    }

    private void Repair(string key, ReadCopy? there)
    {
        if (_published.TryGetValue(key, out var published) && !ReferenceEquals(published.Copy, there))
            Replicate(published.Order, published.Copy);
    }

    private void Replicate(PublishCopy order, ReadCopy copy)
    {
        var (self, sequenceNr, isProvisional) = (_self, order.SequenceNr, order.IsProvisional);
        _replicator.Tell(Dsl.Update(
            CopyKeys.Register(order.Key), new LWWRegister<ReadCopy>(self, ReadCopy.Gone(copy.At), 0L), ToAll,
            current => CopyClock.Next(current, self, copy, sequenceNr, isProvisional)));
    }

    // The orders of actors that have been published keep no state of theirs.
    private sealed record Published
    {
        public Published(PublishCopy order, ReadCopy copy, IActorRef from) =>
            (Order, Copy, From) = (order with { Answers = static () => [] }, copy, from);

        public PublishCopy Order { get; }

        public ReadCopy Copy { get; }

        public IActorRef From { get; }
    }

    private sealed record NextTurn
    {
        public static NextTurn Instance { get; } = new();
    }

    private sealed record Compare
    {
        public static Compare Instance { get; } = new();
    }
}
