using System.Collections.Immutable;
using CacheMachine.Actors.Machines.Decisions;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.RepoMen;

namespace CacheMachine.Actors.Machines;

/// <summary>
/// One machine. All decisions are <see cref="MachineDecisions"/>'s; the actor persists what was decided, then lets its children
/// follow the state, and replies.
/// </summary>
public sealed class MachineActor : ReceivePersistentActor, IWithTimers
{
    /// <summary>The type of entity that machines are among the shard regions.</summary>
    public const string TypeName = "cachemachine";

    private readonly string _name;
    private readonly MachineServices _services;
    private readonly MachineDecisions _decisions;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, (IActorRef Puller, PullerWork Work)> _pullers = new(StringComparer.Ordinal);
    private readonly List<IActorRef> _repoMen = [];
    private readonly List<(IActorRef Asker, long Generation)> _waitingForTheEnd = [];
    private MachineState _state;
    private long? _repoMenOf;
    private long _children;
    private int _refreshed;
    private ImmutableArray<string> _nodesWanted = [];
    private PullWants _pullsWanted = PullWants.None;
    private readonly JournalCompaction _compaction;

    /// <param name="name">Name of the machine.</param>
    /// <param name="services">What it needs.</param>
    public MachineActor(string name, MachineServices services)
    {
        (_name, _services, _decisions) = (name, services, new MachineDecisions(services.Settings));
        var settings = services.Settings;
        _compaction = new JournalCompaction(Context.System, settings.SnapshotEvery, settings.History, settings.HistorySize);
        _state = MachineState.Empty with { Defaults = services.Settings.Defaults };
        Context.System.EventStream.Subscribe(Self, typeof(RegistryLimited));

        Recover<SnapshotOffer>(offer =>
        {
            _state = _state with { Record = (MachineRecord)offer.Snapshot };
            _compaction.Recovered(offer);
        });
        Recover<IMachineEvent>(e =>
        {
            _state = _state with { Record = _state.Record.Apply(e) };
            _compaction.Stored(LastSequenceNr, e);
        });
        Recover<RecoveryCompleted>(_ =>
        {
            _services.Troubles.HasRead(_log);
            _services.Watcher.Tell(SubscribeToCluster.Instance, Self);
            if (_state.Record.Spec is not null)
                _log.Info("Machine {Machine} runs on this replica", _name);
        });

        // Nothing is answered, decided or asked of a registry before it is known what the replica knows of the cluster.
        Command<ClusterSeen>(Begin);
        Command<HandOff>(_ => Context.Stop(Self));
        CommandAny(_ => Stash.Stash());
    }

    // Who has waited is answered first: where the first decision cannot be stored, this actor ends with it.
    private void Begin(ClusterSeen message)
    {
        _state = _state with { View = message.View };
        Become(Run);
        Stash.UnstashAll();
        Self.Tell(message);
    }

    private void Run()
    {
        Command<GetMachine>(m => Answer(
            () => StatusReport.Of(_state, _services.Settings, Now, m.Nodes) is var status && _state.View.IsSynced
                ? status
                : new NotSeenYet(status, null),
            m.Until));
        Command<GetMachineImages>(m => Answer(
            () => StatusReport.Images(_state) is var images && _state.View.IsSynced ? images : new NotSeenYet(null, images),
            m.Until));
        Command<ConfigureMachine>(Configure);
        Command<DeleteMachine>(m => Decide(m, () =>
        {
            if (!_waitingForTheEnd.Contains((Sender, m.Generation)))
                _waitingForTheEnd.Add((Sender, m.Generation));
            EndIfDone();
        }));
        // Where it was made meanwhile after all, the supervisor starts it again.
        Command<StopMachine>(_ => Context.Stop(Self));
        Command<HandOff>(_ => Context.Stop(Self));
        Command<PullerReady>(m => TellPuller(m.Pull));
        Command<PullRemoved>(m => Decide(m, EndIfDone));
        Command<IMachineMessage>(m => Decide(m));
        Command<NewsLost>(m => _log.Write(
            LevelOfTrouble, "Machine {Machine}: no Kubernetes event says '{Message}': {Error}", _name, m.News.Message, m.Error.Message));
        Command<SaveSnapshotSuccess>(m => _compaction.Saved(this, m.Metadata));
        Command<SaveSnapshotFailure>(m => _log.Warning("Machine {Machine}: cannot save a snapshot, so its next start takes longer: {Error}", _name, m.Cause.Message));
        Command<DeleteMessagesSuccess>(_ => { });
        Command<DeleteSnapshotsSuccess>(_ => { });
    }

    /// <inheritdoc/>
    public override string PersistenceId => $"{TypeName}-{_name}";

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private DateTimeOffset Now => _services.Time.GetUtcNow();

    // While the API server is away, the watcher has said so for everybody.
    private LogLevel LevelOfTrouble => _state.View.Troubles.IsEmpty ? LogLevel.WarningLevel : LogLevel.DebugLevel;

    private void Answer(Func<object> answer, DateTimeOffset? until = null)
    {
        // Who asks is outside, where time is real; an answer that nobody waits for would only keep those back that somebody does.
        if (until is null || TimeProvider.System.GetUtcNow() <= until)
            Sender.Tell(_state.Record.Spec is null ? new MachineNotFound(_name) : answer());
        EndIfDone();
    }

    // What it is told again and again costs nothing.
    private void Configure(ConfigureMachine message)
    {
        Action? answer = message.WantsAnswer ? () => Answer(() => StatusReport.Of(_state, _services.Settings, Now)) : null;
        if (MachineDecisions.IsNews(_state.Record, message))
            Decide(message, answer);
        else
            (answer ?? EndIfDone)();
    }

    private void Decide(IMachineMessage message, Action? then = null)
    {
        var decision = _decisions.Decide(_state, message, Now, Random.Shared.NextDouble());
        // What this machine was told by another one, all others were told too.
        if (message is not RegistryLimited)
        {
            foreach (var (registry, until) in decision.State.Limited.Except(_state.Limited))
                Context.System.EventStream.Publish(new RegistryLimited(registry, until));
        }
        if (decision.Events.IsEmpty)
        {
            Accept(decision, then);
            return;
        }
        var left = decision.Events.Length;
        PersistAll(decision.Events, stored =>
        {
            _compaction.Stored(LastSequenceNr, stored);
            if (--left > 0)
                return;
            _services.Troubles.HasWritten(_log);
            Accept(decision, then);
            _compaction.SaveIfDue(this, _state.Record);
        });
    }

    private void Accept(Decision decision, Action? then)
    {
        foreach (var e in decision.Events)
            Tell(e);
        LogPullTroubles(_state.PullTroubles, decision.State.PullTroubles);
        _state = decision.State;
        Follow();
        if (MachineCopy.Of(_name, LastSequenceNr, _state, _services.Settings, _services.Time) is { } copy)
            _services.Copies.Tell(copy, Self);
        then?.Invoke();
    }

    private void Tell(IMachineEvent e)
    {
        var pull = e is PullEnded ended ? _state.Record.Pulls.GetValueOrDefault(ended.Image) : null;
        var line = Describe.Event(e, pull);
        _log.Write(line.Level, $"Machine {{Machine}}: {line.Template}", [_name, .. line.Values]);
        if (Describe.News(_name, e, pull) is { } news)
            _services.Pulls.TellAsync(news, CancellationToken.None).PipeTo(Self, failure: error => new NewsLost(news, error));
    }

    // Once when trouble begins, changes or ends, however often a puller tries meanwhile.
    private void LogPullTroubles(ImmutableSortedDictionary<string, string> before, ImmutableSortedDictionary<string, string> now)
    {
        if (ReferenceEquals(before, now))
            return;
        foreach (var (pull, error) in now.Except(before))
            _log.Write(LevelOfTrouble, "Machine {Machine}: a request for DaemonSet {DaemonSet} failed; retrying: {Error}", _name, pull, error);
        foreach (var pull in before.Keys.Where(pull => !now.ContainsKey(pull)))
            _log.Info("Machine {Machine}: requests for DaemonSet {DaemonSet} work again", _name, pull);
    }

    private void Follow()
    {
        FollowRepoMen();
        if (_refreshed != _state.Refreshes)
            _repoMen.ForEach(repoMan => repoMan.Tell(RefreshRepoMan.Instance));
        _refreshed = _state.Refreshes;
        FollowPullers();
        if (!_nodesWanted.SequenceEqual(_state.NodesWanted))
            _services.Budget?.Tell(new WantNodes(_name, _state.NodesWanted), Self);
        _nodesWanted = _state.NodesWanted;
        if (_pullsWanted != _state.PullsWanted)
            _services.Budget?.Tell(new WantPulls(_name, _state.PullsWanted), Self);
        _pullsWanted = _state.PullsWanted;
        if (Alarm.Next(_state, _services.Settings) is { } at)
            Timers.StartSingleTimer(nameof(Awake), Awake.Instance, at - Now is { Ticks: > 0 } later ? later : TimeSpan.Zero);
        else
            Timers.Cancel(nameof(Awake));
    }

    private void FollowRepoMen()
    {
        long? wanted = _state.Record.Spec is null ? null : _state.Record.Generation;
        if (wanted == _repoMenOf)
            return;
        _repoMen.ForEach(repoMan => Context.Stop(repoMan));
        _repoMen.Clear();
        _repoMenOf = wanted;
        if (_state.Record is not { Spec: { } spec, Generation: var generation })
            return;
        for (var i = 0; i < spec.RepoMen.Length; i++)
        {
            var (index, repoMan, self) = (i, _services.RepoMen.Create(spec.RepoMen[i]), Self);
            _repoMen.Add(Context.ActorOf(
                Props.Create(() => new RepoManActor(_name, generation, index, repoMan, _services.RepoMen.Settings, _services.Time, self)),
                $"repoman-{index}-{++_children}"));
        }
    }

    private void FollowPullers()
    {
        var work = MachineChildren.Pullers(_state);
        foreach (var gone in _pullers.Keys.Where(pull => !work.ContainsKey(pull)).ToList())
        {
            Context.Stop(_pullers[gone].Puller);
            _pullers.Remove(gone);
        }
        foreach (var (pull, task) in work)
        {
            if (!_pullers.TryGetValue(pull, out var puller))
            {
                // Its orders follow when it says that it is ready.
                _pullers[pull] = (Context.ActorOf(
                    ImagePullerActor.SupervisedProps(pull, _services.Pulls, Self, _services.Settings.PullerBackoff.Min, _services.Settings.PullerBackoff.Max),
                    $"puller-{++_children}"), task);
            }
            else if (puller.Work != task)
            {
                _pullers[pull] = (puller.Puller, task);
                TellPuller(pull);
            }
        }
    }

    private void TellPuller(string pull)
    {
        if (_pullers.TryGetValue(pull, out var puller))
            puller.Puller.Tell(new PullOrders(puller.Work.Order));
    }

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) => Refuse(cause);

    /// <summary>The actor stops, as it cannot know whether the event was stored; the supervisor starts it again, and it reads its journal.</summary>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => Refuse(cause);

    private void Refuse(Exception cause) => Sender.Tell(new NotStored(_services.Troubles.CannotWrite(_log, $"machine {_name}", cause)));

    /// <summary>The actor stops; the supervisor starts it again.</summary>
    protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
        _services.Troubles.CannotRead(_log, $"machine {_name}", LastSequenceNr, reason, message);

    private void EndIfDone()
    {
        // Whoever asked for the end of an earlier machine of this name has it.
        var gone = _state.Record.Spec is not null ? _state.Record.Generation - 1 : _state.Removing.IsEmpty ? long.MaxValue : -1;
        foreach (var (asker, generation) in _waitingForTheEnd.Where(waiting => waiting.Generation <= gone))
            asker.Tell(new MachineGone(_name, generation));
        _waitingForTheEnd.RemoveAll(waiting => waiting.Generation <= gone);
        if (gone < long.MaxValue)
            return;
        Context.Parent.Tell(new Passivate(StopMachine.Instance));
    }

    private sealed record NewsLost(PullNews News, Exception Error);

    private sealed record StopMachine
    {
        public static StopMachine Instance { get; } = new();
    }
}
