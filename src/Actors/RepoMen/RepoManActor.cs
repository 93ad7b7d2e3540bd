namespace CacheMachine.Actors.RepoMen;

/// <summary>
/// Runs one repository manager: lists, tells its machine, waits, and lists again. When the registry fails it says so and backs off
/// (doubling, with jitter, and never sooner than the registry asks for). The log has a line when trouble begins, when it becomes another
/// one, and when it is over.
/// </summary>
public sealed class RepoManActor : ReceiveActor, IWithTimers
{
    private readonly string _name;
    private readonly long _generation;
    private readonly int _index;
    private readonly IRepoMan _repoMan;
    private readonly RepoManSettings _settings;
    private readonly TimeProvider _time;
    private readonly IActorRef _machine;
    private readonly CancellationTokenSource _stopped = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private int _failures;
    private bool _listing;
    private DateTimeOffset _notBefore;
    private string? _trouble;

    /// <param name="name">Of the machine.</param>
    /// <param name="generation">Of the spec it works for, repeated in each report.</param>
    /// <param name="index">Its place in that spec.</param>
    /// <param name="repoMan">What it runs.</param>
    /// <param name="settings">How often.</param>
    /// <param name="time">Clock.</param>
    /// <param name="machine">Gets <see cref="RepoManListed"/> and <see cref="RepoManFailed"/>.</param>
    public RepoManActor(
        string name, long generation, int index, IRepoMan repoMan, RepoManSettings settings, TimeProvider time, IActorRef machine)
    {
        _name = name;
        (_generation, _index, _repoMan, _settings, _time, _machine) = (generation, index, repoMan, settings, time, machine);
        Receive<Poll>(_ => List());
        Receive<RefreshRepoMan>(_ => Refresh());
        Receive<Listed>(OnListed);
        Receive<ListFailed>(m => OnFailed(m.Error));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart() => Self.Tell(Poll.Instance);

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    private void Refresh()
    {
        if (_time.GetUtcNow() >= _notBefore)
            List();
    }

    private void List()
    {
        if (_listing)
            return;
        _listing = true;
        _repoMan.ListAsync(_stopped.Token).PipeTo(Self, success: list => new Listed(list), failure: error => new ListFailed(error));
    }

    private void OnListed(Listed message)
    {
        _listing = false;
        _failures = 0;
        if (_trouble is not null)
            _log.Info("Machine {Machine}: repository manager {Index} ({Source}) lists images again", _name, _index, _repoMan.Source);
        _trouble = null;
        _machine.Tell(new RepoManListed(_generation, _index, message.List));
        if (_repoMan.PollInterval is { } interval)
            Timers.StartSingleTimer(nameof(Poll), Poll.Instance, Spread(interval));
    }

    private void OnFailed(Exception error)
    {
        _listing = false;
        var port = error as PortException;
        var asked = port?.RetryAfter ?? TimeSpan.Zero;
        var backoff = RetryDelay.After(++_failures, _settings.BackoffMin, _settings.BackoffMax);
        var delay = Spread(backoff > asked ? backoff : asked);
        Log(error, delay);
        _machine.Tell(new RepoManFailed(_generation, _index, error.Message, _time.GetUtcNow() + delay, port?.LimitedBy));
        Timers.StartSingleTimer(nameof(Poll), Poll.Instance, delay);
        _notBefore = _time.GetUtcNow() + asked;
    }

    private void Log(Exception error, TimeSpan delay)
    {
        var (port, before) = (error as PortException, _trouble);
        _trouble = port?.Reason ?? error.Message;
        if (_trouble != before)
        {
            _log.Warning(
                "Machine {Machine}: repository manager {Index} ({Source}) failed to list images; retrying in {Delay}: {Reason}",
                _name, _index, _repoMan.Source, Words.Of(delay), port?.Detail ?? error.Message);
        }
    }

    // Up to a tenth more, so that the repository managers of many machines do not ask at the same moment.
    private static TimeSpan Spread(TimeSpan delay) => delay * (1 + Random.Shared.NextDouble() / 10);

    private sealed record Poll
    {
        public static Poll Instance { get; } = new();
    }

    private sealed record Listed(RepoList List);

    private sealed record ListFailed(Exception Error);
}
