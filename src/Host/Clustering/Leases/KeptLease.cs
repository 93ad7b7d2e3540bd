using Akka.Event;

namespace CacheMachine.Host.Clustering.Leases;

/// <summary>What a <see cref="KeptLease"/> is.</summary>
/// <param name="Name">Of the Lease in the store.</param>
/// <param name="Owner">This replica, as the holder: <c>SYSTEM@HOST:PORT</c>.</param>
/// <param name="IsOfASide">
/// Whether it decides between two sides of a split cluster, and so belongs to a whole side: it may be taken at once from another replica of our own side; and a replica
/// that was not there when it was taken has lost.
/// </param>
/// <param name="Duration">Others may take it after this time without a renewal; whole seconds.</param>
/// <param name="Interval">Between two renewals, and between two looks at the Lease of another.</param>
/// <param name="Patience">How long a question for the Lease may take while the store does not answer.</param>
internal sealed record KeptLeaseOptions(string Name, string Owner, bool IsOfASide, TimeSpan Duration, TimeSpan Interval, TimeSpan Patience);

/// <summary>
/// A Lease that this replica can ask for, and keeps renewing while it has it. While another has it, it is looked at again and again, so that its age is known as soon
/// as it is asked for. Safe for many threads.
/// </summary>
internal sealed class KeptLease : IDisposable
{
    private const int NeverTaken = -1;

    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(500);

    private readonly KeptLeaseOptions _options;
    private readonly ILeaseStore _store;
    private readonly ICluster _cluster;
    private readonly TimeProvider _time;
    private readonly ILoggingAdapter _log;
    private readonly SeenLease _seen;
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly CancellationTokenSource _end = new();
    private volatile bool _held;
    private long _renewedAt;
    private int _knownTransitions = NeverTaken;
    private int _asked;
    private bool _isReachable = true;
    private Action<Exception?>? _lost;

    public KeptLease(KeptLeaseOptions options, ILeaseStore store, ICluster cluster, TimeProvider time, ILoggingAdapter log)
    {
        (_options, _store, _cluster, _time, _log) = (options, store, cluster, time, log);
        _seen = new SeenLease(time);
        _ = KeepAsync();
    }

    /// <summary>The replicas, as this one sees them.</summary>
    public interface ICluster
    {
        /// <summary>Whether this replica is sure that it sees all others, and they it.</summary>
        bool IsWhole { get; }

        /// <summary>Whether this replica stood still, so that nothing that it knows may be so.</summary>
        bool StoodStill { get; }

        /// <summary>Whether a replica is of our cluster and reachable.</summary>
        /// <param name="owner">As the holder of a Lease.</param>
        bool IsReachable(string owner);
    }

    /// <summary>Whether it is certain that nobody else has it.</summary>
    public bool IsHeld => _held && _time.GetElapsedTime(Volatile.Read(ref _renewedAt)) < _options.Duration;

    /// <summary>Asks for it, and waits until it is ours, or its holder has shown that it lives.</summary>
    /// <param name="lost">Called once when it is lost afterwards.</param>
    /// <returns>False: it belongs to another.</returns>
    /// <exception cref="LeaseStoreException">The store did not answer for all of <see cref="KeptLeaseOptions.Patience"/>.</exception>
    public async Task<bool> AcquireAsync(Action<Exception?>? lost)
    {
        var (began, asked) = (_time.GetTimestamp(), Interlocked.Increment(ref _asked));
        int? changes = null;
        while (true)
        {
            try
            {
                using (await OneAsync())
                {
                    // Asked again, or given back meanwhile.
                    if (asked != _asked || _cluster.StoodStill)
                        return false;
                    _seen.See(await _store.ReadAsync(_options.Name, _end.Token));
                    changes ??= _seen.Changes;
                    if (MayTake() && await TakeAsync())
                    {
                        _lost = lost;
                        return true;
                    }
                    if (WasDecidedByOthers() || (_seen.Record?.Holder is not null && _seen.Changes > changes))
                        return false;
                }
                SayReachable();
            }
            catch (LeaseStoreException e) when (_time.GetElapsedTime(began) < _options.Patience)
            {
                SayUnreachable(e);
            }
            await Task.Delay(Again, _time, _end.Token);
        }
    }

    /// <summary>Gives it back, so that another need not wait.</summary>
    /// <returns>Whether this replica does not have it any more, for certain.</returns>
    /// <exception cref="LeaseStoreException">Others have to wait until it has run out.</exception>
    public async Task<bool> ReleaseAsync()
    {
        Interlocked.Increment(ref _asked);
        using (await OneAsync())
        {
            if (!_held || _seen.Record is not { } record)
                return true;
            (_held, _lost) = (false, null);
            if (_cluster.StoodStill)
                return false;
            if (await _store.WriteAsync(record.Released(_time.GetUtcNow()), _end.Token) is { } written)
                _seen.See(written);
            return true;
        }
    }

    /// <summary>Ends renewing. The Lease runs out by itself.</summary>
    public void Dispose()
    {
        _held = false;
        _end.Cancel();
    }

    private bool MayTake() => !WasDecidedByOthers() && (_seen.Record?.Holder is not { } holder
        || holder == _options.Owner || _seen.IsExpired || (_options.IsOfASide && _cluster.IsReachable(holder)));

    // Taken since we last saw the cluster whole, by nobody of our side: then the other side has decided, however long ago, and be it only that we did not hear of it.
    private bool WasDecidedByOthers() => _options.IsOfASide && _seen.Record is { } record && record.Transitions != _knownTransitions
        && !(record.Holder is { } holder && (holder == _options.Owner || _cluster.IsReachable(holder)));

    private async Task<bool> TakeAsync()
    {
        var (began, now) = (_time.GetTimestamp(), _time.GetUtcNow());
        var wanted = _seen.Record is { } record && record.Holder == _options.Owner
            ? record.Renewed(now) with { Duration = _options.Duration }
            : LeaseRecord.Taken(_options.Name, _options.Owner, _options.Duration, now, _seen.Record);
        if (await _store.WriteAsync(wanted, _end.Token) is not { } written)
            return false;
        _seen.See(written);
        _knownTransitions = written.Transitions;
        Volatile.Write(ref _renewedAt, began);
        _held = true;
        return true;
    }

    private async Task KeepAsync()
    {
        using var timer = new PeriodicTimer(_options.Interval, _time);
        try
        {
            do
            {
                using (await OneAsync())
                {
                    if (!_cluster.StoodStill)
                        await LookAsync();
                }
            }
            while (await timer.WaitForNextTickAsync(_end.Token));
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The replica ends.
        }
    }

    private async Task LookAsync()
    {
        try
        {
            if (!_held || !await TakeAsync())
                _seen.See(await _store.ReadAsync(_options.Name, _end.Token));
            if (_held && _seen.Record?.Holder != _options.Owner)
                Lose(new LeaseStoreException($"Lease {_options.Name} has been taken by {_seen.Record?.Holder ?? "nobody"}"));
            if (_cluster.IsWhole)
                _knownTransitions = _seen.Record?.Transitions ?? NeverTaken;
        }
        catch (LeaseStoreException e)
        {
            // As long as we see all other replicas, none of them wants it: whoever runs what the Lease is for goes on while the API server is away. Cut off from some of
            // them, one may have taken it.
            if (_held && !IsHeld && !_cluster.IsWhole)
                Lose(e);
        }
    }

    private void Lose(LeaseStoreException why)
    {
        var lost = _lost;
        (_held, _lost) = (false, null);
        lost?.Invoke(why);
    }

    private void SayUnreachable(LeaseStoreException e)
    {
        if (_isReachable)
            _log.Warning("Cannot read Lease {Lease}; retrying: {Error}", _options.Name, e.Message);
        _isReachable = false;
    }

    private void SayReachable()
    {
        if (!_isReachable)
            _log.Info("Lease {Lease} can be read again", _options.Name);
        _isReachable = true;
    }

    private async Task<IDisposable> OneAsync()
    {
        await _one.WaitAsync(_end.Token);
        return new Turn(_one);
    }

    private sealed class Turn(SemaphoreSlim one) : IDisposable
    {
        public void Dispose() => one.Release();
    }
}
