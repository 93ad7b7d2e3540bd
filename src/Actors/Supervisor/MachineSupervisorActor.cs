using CacheMachine.Actors.Copies;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Actors.Supervisor;

/// <summary>
/// Knows which machines exist, creates and deletes them, and removes DaemonSets of machines that do not exist. One in the whole cluster.
/// Its journal is the truth about specs. It tells every machine its spec again and again, which starts those that do not run and changes
/// nothing for the others, so that whatever was lost (a message, an actor, a replica) heals by itself.
/// </summary>
public sealed class MachineSupervisorActor : ReceivePersistentActor, IWithTimers
{
    /// <summary>Its persistence id.</summary>
    public const string Id = "machine-supervisor";

    // A round takes 3 s, or as long as it takes to tell all machines, so many at once: a spec may travel to another replica.
    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(300), OrphanAgainAfter = TimeSpan.FromSeconds(10);

    private const int TurnsInRound = 10, MostAtOnce = 50;

    private readonly IActorRef _machines;
    private readonly IActorRef _watcher;
    private readonly IPulls _pulls;
    private readonly IActorRef _copies;
    private readonly JournalTroubles _troubles;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, List<IActorRef>> _waiting = new(StringComparer.Ordinal);
    private readonly HashSet<string> _orphans = new(StringComparer.Ordinal);
    private readonly Queue<string> _toTell = new();
    private int _turn;
    // Of the machines that there are, those on their way out included; null: to be computed.
    private HashSet<string>? _labels;
    private readonly SupervisorSettings _settings;
    private readonly JournalCompaction _compaction;
    private MachineRegister _register = MachineRegister.Empty;
    private ClusterView _view = ClusterView.Empty;

    /// <param name="machines">The shard region of the machines.</param>
    /// <param name="watcher">The cluster watcher.</param>
    /// <param name="pulls">Where orphans are removed.</param>
    /// <param name="copies">The copy keeper of this replica.</param>
    /// <param name="troubles">Where it is noted that the journal fails.</param>
    /// <param name="settings">What bounds the list.</param>
    public MachineSupervisorActor(
        IActorRef machines, IActorRef watcher, IPulls pulls, IActorRef copies, JournalTroubles troubles, SupervisorSettings settings)
    {
        (_machines, _watcher, _pulls, _copies, _troubles, _settings) = (machines, watcher, pulls, copies, troubles, settings);
        _compaction = new JournalCompaction(Context.System, every: 200, JournalCompaction.DefaultHistory, settings.HistorySize);

        Recover<SnapshotOffer>(offer =>
        {
            _register = (MachineRegister)offer.Snapshot;
            _compaction.Recovered(offer);
        });
        Recover<ISupervisorEvent>(e =>
        {
            _register = _register.Apply(e);
            _compaction.Stored(LastSequenceNr, e);
        });
        Recover<RecoveryCompleted>(_ => Started());

        Command<SaveSnapshotSuccess>(m => _compaction.Saved(this, m.Metadata));
        Command<SaveSnapshotFailure>(m => _log.Warning("Cannot save a snapshot of the list of machines, so the next start takes longer: {Error}", m.Cause.Message));
        Command<DeleteMessagesSuccess>(_ => { });
        Command<DeleteSnapshotsSuccess>(_ => { });
        // From a machine that was told to go and cannot store that: it is told until it is gone.
        Command<NotStored>(_ => { });
        Command<CreateMachine>(Create);
        Command<RemoveMachine>(Remove);
        Command<ListMachines>(_ => Sender.Tell(new MachineNames([.. _register.Machines.Keys])));
        Command<MachineGone>(Gone);
        Command<TellAgain>(_ => TellSome());
        Command<ClusterSeen>(m =>
        {
            _view = m.View;
            RemoveOrphans();
        });
        Command<OrphanRemoved>(m => _orphans.Remove(m.Pull));
        Command<OrphanStays>(m =>
        {
            _log.Warning("DaemonSet {DaemonSet} of no machine cannot be deleted, trying again in {Delay}: {Error}", m.Pull, Words.Of(OrphanAgainAfter), m.Error);
            Timers.StartSingleTimer(m.Pull, new OrphanDue(m.Pull), OrphanAgainAfter);
        });
        Command<OrphanDue>(m =>
        {
            _orphans.Remove(m.Pull);
            RemoveOrphans();
        });
    }

    /// <inheritdoc/>
    public override string PersistenceId => Id;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    // The number of the event to come: no supervisor before this one has used it, whatever its clock said.
    private long NextGeneration => LastSequenceNr + 1;

    /// <summary>Those who wait for the end of a machine need not wait for the next supervisor: when they ask again, it knows.</summary>
    protected override void PostStop()
    {
        foreach (var (machine, askers) in _waiting)
            askers.ForEach(asker => asker.Tell(new NotStored($"the removal of machine {machine} is recorded and goes on, but the supervisor has stopped")));
        base.PostStop();
    }

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) => Refuse(cause, @event);

    /// <summary>The actor stops, as it cannot know whether the event was stored; it is started again, and reads its journal.</summary>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => Refuse(cause, @event);

    /// <summary>The actor stops and is started again.</summary>
    protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
        _troubles.CannotRead(_log, "the list of machines", LastSequenceNr, reason, message);

    private void Refuse(Exception cause, object @event)
    {
        var why = _troubles.CannotWrite(_log, "the list of machines", cause);
        // That a machine is gone is told again by the machine, when it is told again to go.
        if (@event is MachineCreated or MachineRemoving)
            Sender.Tell(new NotStored(why));
    }

    private void Apply(ISupervisorEvent stored)
    {
        _troubles.HasWritten(_log);
        _register = _register.Apply(stored);
        _labels = null;
        _compaction.Stored(LastSequenceNr, stored);
        _compaction.SaveIfDue(this, _register);
        PublishNames();
    }

    private void PublishNames()
    {
        var machines = _register.Machines;
        _copies.Tell(new PublishCopy(CopyKeys.Machines, LastSequenceNr, IsProvisional: false, () => [new MachineNames([.. machines.Keys])]));
    }

    private void Started()
    {
        _troubles.HasRead(_log);
        PublishNames();
        foreach (var machine in _register.Machines.Values)
            TellSpec(machine);
        TellRemoving();
        Timers.StartPeriodicTimer(nameof(TellAgain), TellAgain.Instance, TellEvery);
        _watcher.Tell(SubscribeToCluster.Instance, Self);
        _log.Info("Supervising {Machines}", Words.Count(_register.Machines.Count, "machine"));
    }

    private void TellSome()
    {
        if (_turn == 0 && _toTell.Count == 0)
        {
            TellRemoving();
            foreach (var machine in _register.Machines.Keys)
                _toTell.Enqueue(machine);
        }
        _turn = (_turn + 1) % TurnsInRound;
        var some = Math.Min((_register.Machines.Count + TurnsInRound - 1) / TurnsInRound, MostAtOnce);
        // Names of machines gone since are skipped and not counted: a round has to end even when no machine is left.
        while (_toTell.TryPeek(out var name))
        {
            var isThere = _register.Machines.TryGetValue(name, out var machine);
            if (isThere && some-- == 0)
                break;
            _toTell.Dequeue();
            if (isThere)
                TellSpec(machine!);
        }
    }

    private void TellSpec(MachineCreated machine) =>
        _machines.Tell(new ConfigureMachine(machine.Generation, machine.Spec, WantsAnswer: false), ActorRefs.NoSender);

    private void TellRemoving()
    {
        foreach (var (machine, generation) in _register.Removing)
            _machines.Tell(new DeleteMachine(machine, generation), Self);
    }

    private void Create(CreateMachine command)
    {
        var spec = command.Spec;
        if (_register.Machines.TryGetValue(spec.Name, out var known) && known.Spec.IsSameAs(spec))
        {
            _machines.Tell(new ConfigureMachine(known.Generation, known.Spec), Sender);
            return;
        }
        if (known is null && _register.Machines.Count >= _settings.MostMachines)
        {
            Sender.Tell(new TooManyMachines(_settings.MostMachines));
            return;
        }
        var created = new MachineCreated(NextGeneration, spec);
        var gone = _register.Removing.GetValueOrDefault(spec.Name);
        Persist(created, e =>
        {
            Apply(e);
            _machines.Tell(new ConfigureMachine(e.Generation, e.Spec), Sender);
            // The machine that they wait for is gone, although there is a new one of its name, which removes what is left of it.
            Answer(e.Spec.Name, gone);
        });
    }

    private void Remove(RemoveMachine command)
    {
        if (_register.Removing.ContainsKey(command.Machine))
        {
            Wait(command.Machine, Sender);
            return;
        }
        if (!_register.Machines.ContainsKey(command.Machine))
        {
            Sender.Tell(new MachineNotFound(command.Machine));
            return;
        }
        Persist(new MachineRemoving(command.Machine, NextGeneration), e =>
        {
            Apply(e);
            Wait(e.Machine, Sender);
            TellRemoving();
        });
    }

    private void Wait(string machine, IActorRef asker)
    {
        if (!_waiting.TryGetValue(machine, out var waiting))
            _waiting[machine] = waiting = [];
        waiting.Add(asker);
    }

    private void Gone(MachineGone message)
    {
        if (!_register.Removing.TryGetValue(message.Machine, out var generation) || generation != message.Generation)
            return;
        Persist(new MachineRemoved(message.Machine), e =>
        {
            Apply(e);
            Answer(e.Machine, generation);
            RemoveOrphans();
        });
    }

    private void Answer(string machine, long generation)
    {
        if (_waiting.Remove(machine, out var waiting))
            waiting.ForEach(asker => asker.Tell(new MachineGone(machine, generation)));
    }

    private void RemoveOrphans()
    {
        if (!_view.IsSynced)
            return;
        _labels ??= [.. _register.Machines.Keys.Concat(_register.Removing.Keys).Select(PullNames.Label)];
        foreach (var pull in _view.Pulls.Values.Where(pull => !_labels.Contains(pull.Label) && _orphans.Add(pull.Name)))
        {
            _log.Info("DaemonSet {DaemonSet} belongs to {Machine}, a machine that does not exist; deleting it", pull.Name, pull.Label);
            _pulls.DeletePullAsync(pull.Name, CancellationToken.None)
                .PipeTo(Self, success: _ => new OrphanRemoved(pull.Name), failure: error => new OrphanStays(pull.Name, error.Message));
        }
    }

    private sealed record TellAgain
    {
        public static TellAgain Instance { get; } = new();
    }

    private sealed record OrphanRemoved(string Pull);

    private sealed record OrphanDue(string Pull);

    private sealed record OrphanStays(string Pull, string Error);
}
