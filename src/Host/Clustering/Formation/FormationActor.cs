using Akka;
using Akka.Cluster;
using Akka.Event;
using CacheMachine.Host.Clustering.Fencing;
using CacheMachine.Host.Clustering.Leases;

namespace CacheMachine.Host.Clustering.Formation;

/// <summary>Forms the cluster or joins it, and looks after its Lease as long as this replica is a member: <see cref="FormationRules"/>.</summary>
internal sealed class FormationActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan NewcomerLooks = TimeSpan.FromSeconds(1), MemberLooks = TimeSpan.FromSeconds(2), JoinAgain = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(2);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CancellationTokenSource _end = new();
    private readonly string _name;
    private readonly TimeSpan _duration;
    private readonly ILeaseStore _store;
    private readonly ReplicaFence _fence;
    private readonly TimeProvider _time;
    private readonly SeenLease _seen;
    private bool _isBusy;
    private bool _isAnswered = true;
    private DateTimeOffset? _takenAt;
    private int? _tenure;
    private (string Holder, long Since)? _foreign;
    private (string Replica, long At)? _joining;
    private bool _saidWaiting;
    private bool _wasMember;

    /// <param name="name">Of the Lease.</param>
    /// <param name="duration">Of the Lease; whole seconds.</param>
    /// <param name="store">Where it is.</param>
    /// <param name="fence">Is told when our cluster is seen to hold it.</param>
    /// <param name="time">Clock.</param>
    public FormationActor(string name, TimeSpan duration, ILeaseStore store, ReplicaFence fence, TimeProvider time)
    {
        (_name, _duration, _store, _fence, _time, _seen) = (name, duration, store, fence, time, new SeenLease(time));
        Receive<Look>(_ => LookAtLease());
        // Whoever held the Lease may be the one that has gone.
        Receive<ClusterEvent.IMemberEvent>(_ => LookAtLease());
        Receive<ClusterEvent.CurrentClusterState>(_ => { });
        Receive<Answered>(Answer);
        Receive<NotAnswered>(m => Answer(m.Error));
        Receive<ReleaseIfLast>(_ => IfLastAsync().PipeTo(Sender));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private string SelfAddress => _cluster.SelfAddress.ToString();

    private bool IsMember => _cluster.State.Members.Any(member => member.UniqueAddress == _cluster.SelfUniqueAddress);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _cluster.Subscribe(Self, typeof(ClusterEvent.IMemberEvent));
        LookAtLease();
        // The last replica leaves no Lease that the next one would have to wait for. When it has left it knows whether others stay.
        var self = Self;
        CoordinatedShutdown.Get(Context.System).AddTask(
            CoordinatedShutdown.PhaseClusterExitingDone, "release-cluster-lease", () => self.Ask<Done>(ReleaseIfLast.Instance, ReleaseTimeout));
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        _end.Cancel();
        _end.Dispose();
    }

    private void LookAtLease()
    {
        Timers.StartSingleTimer(nameof(Look), Look.Instance, IsMember ? MemberLooks : NewcomerLooks);
        if (!_isBusy && !_cluster.IsTerminated && !_fence.StoodStill)
            Call(_store.ReadAsync(_name, _end.Token), isWrite: false);
    }

    private void Call(Task<LeaseRecord?> call, bool isWrite)
    {
        _isBusy = true;
        var began = _time.GetTimestamp();
        call.PipeTo(Self, success: lease => new Answered(lease, isWrite, began), failure: e => new NotAnswered(e));
    }

    private void Answer(Answered answer)
    {
        _isBusy = false;
        if (!_isAnswered)
            _log.Info("Lease {Lease} can be read again", _name);
        _isAnswered = true;
        // A conflict tells nothing but that somebody was first: the next look says who.
        if (answer is { IsWrite: false } or { Lease: not null })
            _seen.See(answer.Lease);
        if (!answer.IsWrite)
            Decide(answer.Began);
        else if (answer.Lease is { } written)
            Took(written, answer.Began);
    }

    private void Answer(Exception error)
    {
        _isBusy = false;
        if (_isAnswered)
            _log.Warning("Cannot read Lease {Lease}; retrying: {Error}", _name, error.Message);
        _isAnswered = false;
    }

    private void Decide(long began)
    {
        var members = _cluster.State.Members;
        var self = members.FirstOrDefault(member => member.UniqueAddress == _cluster.SelfUniqueAddress);
        _wasMember |= self is not null;
        if (_fence.StoodStill || (self is not null && !IsStaying(self)))
            return;
        var lease = _seen.Record;
        if (self is null && lease?.Holder == SelfAddress && lease.AcquiredAt == _takenAt)
        {
            _cluster.Join(_cluster.SelfAddress);
            return;
        }
        var staying = members.Where(IsStaying).Select(member => member.Address.ToString()).ToHashSet(StringComparer.Ordinal);
        _foreign = self is null || lease?.Holder is not { } holder || staying.Contains(holder) ? null
            : _foreign is { } known && known.Holder == holder ? known : (holder, _time.GetTimestamp());
        switch (FormationRules.Next(new FormationView(
            SelfAddress, self is not null, staying, lease, _seen.Age, _duration, _tenure, _foreign is { } foreign ? _time.GetElapsedTime(foreign.Since) : default)))
        {
            case FormationStep.Trust:
                _tenure = lease!.Transitions;
                _fence.SeeLease(began);
                break;
            case FormationStep.Join(var address):
                Join(address, lease!);
                break;
            case FormationStep.Form or FormationStep.TakeOver:
                var taken = LeaseRecord.Taken(_name, SelfAddress, _duration, _time.GetUtcNow(), lease, (_tenure ?? -1) + 1);
                _takenAt = taken.AcquiredAt;
                Call(_store.WriteAsync(taken, _end.Token), isWrite: true);
                break;
            case FormationStep.Renew:
                Call(_store.WriteAsync(lease!.Renewed(_time.GetUtcNow()), _end.Token), isWrite: true);
                break;
            case FormationStep.StepDown(var other):
                _log.Error(
                    "Lease {Lease} is held by {Holder}, which is not of this cluster: another one was formed while this one could not look after it. This replica ends, to be started anew",
                    _name, other);
                _cluster.Down(_cluster.SelfAddress);
                break;
            case FormationStep.Wait when self is null && !_saidWaiting:
                _saidWaiting = true;
                _log.Info(
                    "Lease {Lease} is still held by an earlier process of this replica; other replicas may take it over within {Seconds} s",
                    _name, _duration.TotalSeconds);
                break;
        }
    }

    private void Took(LeaseRecord written, long began)
    {
        if (written.Transitions != _tenure)
            _log.Info("This replica holds Lease {Lease} now", _name);
        _tenure = written.Transitions;
        _fence.SeeLease(began);
        if (!IsMember)
            _cluster.Join(_cluster.SelfAddress);
    }

    private void Join(string replica, LeaseRecord lease)
    {
        if (_joining is { } joining && joining.Replica == replica && _time.GetElapsedTime(joining.At) < JoinAgain)
            return;
        if (_joining?.Replica != replica)
            _log.Info("Joining the replicas at {Replica}, which holds Lease {Lease}", replica, _name);
        _joining = (replica, _time.GetTimestamp());
        _tenure = lease.Transitions;
        if (Address.TryParse(replica, out var address))
            _cluster.Join(address);
        else
            _log.Error("Lease {Lease} is held by '{Holder}', which is not the address of a replica", _name, replica);
    }

    private async Task<Done> IfLastAsync()
    {
        var (self, tenure) = (SelfAddress, _tenure);
        if (!_wasMember || _fence.StoodStill || _cluster.State.Members.Any(member => IsStaying(member) && member.UniqueAddress != _cluster.SelfUniqueAddress))
            return Done.Instance;
        try
        {
            if (await _store.ReadAsync(_name, _end.Token) is { Holder: { } holder } lease && (holder == self || lease.Transitions == tenure))
                await _store.WriteAsync(lease.Released(_time.GetUtcNow()), _end.Token);
        }
        catch (LeaseStoreException)
        {
            // Then the next replica waits until it has run out.
        }
        return Done.Instance;
    }

    private static bool IsStaying(Member member) => member.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up;

    private sealed record Look
    {
        public static Look Instance { get; } = new();
    }

    private sealed record ReleaseIfLast
    {
        public static ReleaseIfLast Instance { get; } = new();
    }

    private sealed record Answered(LeaseRecord? Lease, bool IsWrite, long Began);

    private sealed record NotAnswered(Exception Error);
}
