using System.Collections.Immutable;
using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Event;

namespace CacheMachine.Runtime.Sharding;

/// <summary>
/// Decides which shards this replica owns, by holding their leases, and tells the regions where all shards are. Every replica has one; they agree through the leases
/// alone. Akka.NET's counterparts are <c>Akka.Cluster.Sharding.PersistentShardCoordinator</c> and the shards' leases.
/// </summary>
/// <remarks>
/// A lease is written only if it is still as it was read, so two never hold it. An owner that could not renew stops acting at two thirds of the lease
/// (<see cref="ShardFence"/>), before others may take it. In a hand-over the entities stop first, then the lease is given back, then the next owner takes it.
/// </remarks>
internal sealed partial class ShardCoordinatorActor : ReceiveActor, IWithTimers
{
    private const string ShardPrefix = "shard-", ReplicaPrefix = "replica-";

    private readonly ILeaseStore _leases;
    private readonly ShardClusterSettings _settings;
    private readonly ShardFence _fence;
    private readonly TimeProvider _time;
    private readonly string _me;
    private readonly string _membership;
    private readonly LeaseTable _table;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CancellationTokenSource _stopped = new();
    private readonly Dictionary<string, Held> _held = new(StringComparer.Ordinal);
    private readonly HashSet<string> _writing = new(StringComparer.Ordinal);
    private readonly HashSet<string> _triedThisBeat = new(StringComparer.Ordinal);
    private readonly HashSet<string> _forgotten = new(StringComparer.Ordinal);
    private readonly HashSet<IActorRef> _regions = [];
    private ImmutableDictionary<string, ShardHome> _homes = ImmutableDictionary<string, ShardHome>.Empty;
    private Held? _member;
    private bool _sees;
    private IActorRef? _leaving;
    private bool _membershipDeleted;
    private int _told;

    public ShardCoordinatorActor(ILeaseStore leases, ShardClusterSettings settings, ShardFence fence, TimeProvider time)
    {
        (_leases, _settings, _fence, _time) = (leases, settings, fence, time);
        var incarnation = Guid.NewGuid().ToString("N")[..8];
        _me = $"{settings.Replica}_{incarnation}";
        _membership = $"{ReplicaPrefix}{settings.Replica}-{incarnation}";
        _table = new LeaseTable(time);

        Receive<LeaseChange>(OnChange);
        Receive<Wrote>(OnWrote);
        Receive<Tick>(_ => OnTick());
        Receive<Watch>(_ => BeginWatch());
        Receive<WatchEnded>(OnWatchEnded);
        Receive<RegisterRegion>(m =>
        {
            _regions.Add(m.Region);
            m.Region.Tell(new ShardHomes(_homes));
        });
        Receive<ShardStopped>(OnShardStopped);
        Receive<Leave>(_ => OnLeave());
        Receive<MembershipEnded>(m => OnMembershipEnded(m.Error));
        Receive<NotForgotten>(m => _forgotten.Remove(m.Version));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Beat => _settings.RenewEvery / 10;

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, Beat);
        BeginWatch();
    }

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    private void BeginWatch()
    {
        var self = Self;
        _ = _leases.WatchAsync(change => self.Tell(change, ActorRefs.NoSender), _stopped.Token)
            .PipeTo(Self, success: () => new WatchEnded("it ended"), failure: e => new WatchEnded(e.Message));
    }

    private void OnWatchEnded(WatchEnded message)
    {
        _sees = false;
        _log.Warning("The watch of the shard leases ended and is begun again: {0}", message.Why);
        Timers.StartSingleTimer(nameof(Watch), Watch.Instance, TimeSpan.FromSeconds(1));
    }

    private void OnChange(LeaseChange change)
    {
        if (change is LeaseChange.Interrupted interrupted)
        {
            _sees = false;
            _log.Warning("The shard leases cannot be watched just now: {0}", interrupted.Why);
            return;
        }
        var news = _table.Apply(change) || !_sees;
        _sees = true;
        if (_member is null && _leaving is null)
            RenewMembership();
        // All that was before our own write has been told before it, so this is later.
        if (change is LeaseChange.Written { Lease: { Holder: { } holder } lease } && holder != _me && ShardOf(lease) is { } shard && _held.TryGetValue(shard, out var held))
        {
            // One that was being given back has been, although the answer has yet to come.
            if (held.StillStopping is { Count: 0 })
                _held.Remove(shard);
            else
                Lose(shard, $"{holder} has taken its lease");
        }
        if (news)
            Evaluate();
    }

    private void OnTick()
    {
        _triedThisBeat.Clear();
        // Whoever sees it hands shards over at once; so not before this replica can take them.
        if (_leaving is null && (_sees || _member is not null))
            RenewMembership();
        else if (_leaving is not null)
            EndMembership();
        foreach (var (shard, held) in _held.ToList())
        {
            if (_time.GetElapsedTime(held.RenewedAt) >= _settings.ActFor)
                Lose(shard, "its lease could not be renewed in time");
            else if (held.StillStopping is { Count: 0 })
                GiveBack(held);
            else if (_time.GetElapsedTime(held.RenewedAt) >= _settings.RenewEvery)
                Write(held.Lease with { RenewedAt = _time.GetUtcNow() });
        }
        if (_sees)
            ForgetTheDead();
        Evaluate();
        if (_held.Count != _told)
            _log.Info("This replica runs {0} of {1} shards; there are {2} replicas", _held.Count, _settings.Shards, Members().Count);
        _told = _held.Count;
    }

    /// <summary>Compares what should be with what is, and does something about the difference.</summary>
    private void Evaluate()
    {
        if (_sees && (_member is not null || _leaving is not null))
        {
            var owners = Enumerable.Range(0, _settings.Shards).Select(OwnerOf).ToArray();
            var targets = ShardAllocation.Plan(Members(), owners);
            for (var i = 0; i < targets.Length; i++)
            {
                var (shard, isMine) = (Id(i), targets[i] == _me);
                if (_held.TryGetValue(shard, out var held))
                {
                    if (!isMine && held.StillStopping is null)
                        Stop(shard, held);
                }
                else if (owners[i] is null && isMine && _triedThisBeat.Add(shard))
                {
                    Acquire(shard);
                }
                else if (owners[i] is null && !isMine && _triedThisBeat.Add(shard))
                {
                    FreeFromTheDead(shard);
                }
            }
        }
        TellHomes();
        if (_leaving is not null)
            EndMembership();
        if (_leaving is not null && _held.Count == 0 && _writing.Count == 0 && _member is null)
            _leaving.Tell(Left.Instance);
    }

    private HashSet<string> Members()
    {
        var members = _table.All.Where(lease => lease.Name.StartsWith(ReplicaPrefix, StringComparison.Ordinal) && _table.IsLive(lease) && lease.Holder != _me)
            .Select(lease => lease.Holder!).ToHashSet(StringComparer.Ordinal);
        if (_leaving is null)
            members.Add(_me);
        return members;
    }

    // What is ours in the table but not held was given up because it could not be renewed: it may be taken again like one that nobody has.
    private string? OwnerOf(int shard) =>
        _held.ContainsKey(Id(shard)) ? _me
        : _table.Find(LeaseName(Id(shard))) is { } lease && _table.IsLive(lease) && lease.Holder != _me ? lease.Holder
        : null;

    private void TellHomes()
    {
        var homes = _homes.ToBuilder();
        for (var i = 0; i < _settings.Shards; i++)
        {
            var shard = Id(i);
            if (_held.TryGetValue(shard, out var held))
                Set(shard, held.StillStopping is null ? ShardHome.Here.Instance : null);
            else
                Set(shard, OwnerOf(i) is not null && _table.Find(LeaseName(shard))!.Address is { } address ? new ShardHome.At(address) : null);
        }
        var now = homes.ToImmutable();
        if (ReferenceEquals(now, _homes))
            return;
        _homes = now;
        foreach (var region in _regions)
            region.Tell(new ShardHomes(_homes));

        void Set(string shard, ShardHome? home)
        {
            if (home is null)
                homes.Remove(shard);
            else if (!homes.TryGetValue(shard, out var before) || before != home)
                homes[shard] = home;
        }
    }

    private static string Id(int shard) => shard.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string LeaseName(string shard) => ShardPrefix + shard;

    private static string? ShardOf(LeaseRecord lease) => lease.Name.StartsWith(ShardPrefix, StringComparison.Ordinal) ? lease.Name[ShardPrefix.Length..] : null;

    /// <summary>A lease that this replica has.</summary>
    private sealed class Held(LeaseRecord lease, long renewedAt)
    {
        internal LeaseRecord Lease { get; set; } = lease;

        /// <summary>When the last good renewal began.</summary>
        internal long RenewedAt { get; set; } = renewedAt;

        /// <summary>The regions in which its entities have yet to stop; null as long as they are to run, empty when it is to be given back.</summary>
        internal HashSet<IActorRef>? StillStopping { get; set; }
    }

    private sealed record Tick
    {
        public static Tick Instance { get; } = new();
    }

    private sealed record Watch
    {
        public static Watch Instance { get; } = new();
    }

    private sealed record WatchEnded(string Why);

    private sealed record Wrote(LeaseRecord Wanted, long BegunAt, LeaseRecord? Stored, Exception? Error);

    private sealed record MembershipEnded(Exception? Error);

    private sealed record NotForgotten(string Version);
}

/// <summary>To the coordinator: give all shards to the others. The answer is <see cref="Left"/>.</summary>
internal sealed record Leave
{
    internal static Leave Instance { get; } = new();
}

/// <summary>This replica owns no shard any more, and is no member.</summary>
internal sealed record Left
{
    internal static Left Instance { get; } = new();
}
