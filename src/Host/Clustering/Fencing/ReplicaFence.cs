using Akka.Configuration;
using CacheMachine.Host.Clustering.Leases;

namespace CacheMachine.Host.Clustering.Fencing;

/// <summary>When a replica must take into account that others run its machines.</summary>
/// <param name="Silence">A replica that stood still for this time may have been given up.</param>
/// <param name="Undecided">Since a replica is unreachable; the resolver has decided by then, here or on the other side.</param>
/// <param name="Lease">Since the cluster was last seen to hold its Lease; another cluster may have been formed later.</param>
internal sealed record FenceTimes(TimeSpan Silence, TimeSpan Undecided, TimeSpan Lease)
{
    // Two sides see each other lost within this time of one another.
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(2);

    /// <summary>As Akka.NET's settings have it. Others begin to act only another <c>stable-after</c> later.</summary>
    public static FenceTimes Of(Config akka)
    {
        var stable = akka.GetTimeSpan("akka.cluster.split-brain-resolver.stable-after");
        return new(
            akka.GetTimeSpan("akka.cluster.failure-detector.acceptable-heartbeat-pause") + stable, stable + Apart,
            0.8 * akka.GetTimeSpan("akka.coordination.lease.heartbeat-timeout"));
    }
}

/// <summary>
/// Whether this replica may change anything in Kubernetes. It may not when it stood still, when it is not a member of its cluster, when it does not know whether it is,
/// and when its cluster may not be the only one. Asked before each request; all times are monotonic, so that nothing depends on a timer that comes too late. Safe for
/// many threads.
/// </summary>
/// <param name="times">Limits.</param>
/// <param name="time">Clock; its timestamps go on while the process is stopped.</param>
internal sealed class ReplicaFence(FenceTimes times, TimeProvider time) : KeptLease.ICluster
{
    private readonly Lock _lock = new();
    private long _beatAt = time.GetTimestamp();
    private TimeSpan _stoodStill;
    private bool _isUp;
    private IReadOnlyCollection<string> _reachable = [];
    private string? _unreachable;
    private long _unreachableSince;
    private long? _leaseSeenAt;

    /// <inheritdoc/>
    public bool IsWhole
    {
        get
        {
            lock (_lock)
                return _unreachable is null && Silence < times.Silence;
        }
    }

    /// <inheritdoc/>
    public bool StoodStill
    {
        get
        {
            lock (_lock)
                return Silence >= times.Silence;
        }
    }

    private TimeSpan Silence => _stoodStill != default ? _stoodStill : time.GetElapsedTime(_beatAt);

    /// <inheritdoc/>
    public bool IsReachable(string owner)
    {
        lock (_lock)
            return _reachable.Contains(owner);
    }

    /// <summary>The heartbeat: this replica runs, and sees the others like this.</summary>
    /// <param name="isMember">Whether it has joined them.</param>
    /// <param name="isUp">Whether it is one of them, and neither joining nor leaving.</param>
    /// <param name="reachable">Replicas of the cluster that it reaches, as holders of Leases.</param>
    /// <param name="unreachable">Replicas that it does not reach and that are not given up, for people.</param>
    /// <returns>For how long it stood still, where that was too long: then it may not change anything any more. Zero otherwise.</returns>
    public TimeSpan Beat(bool isMember, bool isUp, IReadOnlyCollection<string> reachable, IReadOnlyCollection<string> unreachable)
    {
        lock (_lock)
        {
            if (isMember && Silence >= times.Silence)
                _stoodStill = Silence;
            if (_stoodStill == default)
                _beatAt = time.GetTimestamp();
            (_isUp, _reachable) = (isUp, reachable);
            if (_unreachable is null && unreachable.Count > 0)
                _unreachableSince = time.GetTimestamp();
            _unreachable = unreachable.Count > 0 ? string.Join(", ", unreachable) : null;
            return _stoodStill;
        }
    }

    /// <summary>The cluster holds its Lease.</summary>
    /// <param name="at">When the answer that says so was asked for, as <see cref="TimeProvider.GetTimestamp"/>.</param>
    public void SeeLease(long at)
    {
        lock (_lock)
            _leaseSeenAt = at;
    }

    /// <summary>Why nothing may be changed, to end the sentence "nothing was done, because ..."; null where it may.</summary>
    public string? WhyClosed()
    {
        lock (_lock)
        {
            if (Silence is var silence && silence >= times.Silence)
                return $"this replica was frozen for {silence.TotalSeconds:0} s, and others may run its machines";
            if (!_isUp)
                return "this replica has not joined the others, or is leaving them";
            if (_unreachable is not null && time.GetElapsedTime(_unreachableSince) >= times.Undecided)
                return $"it is not decided whether this replica or {_unreachable} goes on";
            if (_leaseSeenAt is not { } seen || time.GetElapsedTime(seen) >= times.Lease)
                return "this replica has not seen for a while that its cluster holds its Lease";
            return null;
        }
    }
}
