using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Actors.Supervisor;

/// <summary>
/// Knows which machines exist, starts each at start-up, creates and deletes them, and removes DaemonSets of machines that do not exist.
/// One in the whole cluster. Its journal is the truth about specs: a machine that crashed between "recorded" and "started" is told again.
/// </summary>
public sealed class MachineSupervisorActor : ReceivePersistentActor, IWithTimers
{
    /// <summary>Its persistence id.</summary>
    public const string Id = "machine-supervisor";

    private static readonly TimeSpan TellAgainAfter = TimeSpan.FromSeconds(10), RunAllAfter = TimeSpan.FromSeconds(5);

    private readonly IActorRef _machines;
    private readonly IActorRef _watcher;
    private readonly IPulls _pulls;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, List<IActorRef>> _waiting = new(StringComparer.Ordinal);
    private readonly HashSet<string> _orphans = new(StringComparer.Ordinal);
    private readonly JournalCompaction _compaction = new(every: 200, JournalCompaction.DefaultHistory);
    private MachineRegister _register = MachineRegister.Empty;
    private ClusterView _view = ClusterView.Empty;

    /// <param name="machines">The shard region of the machines.</param>
    /// <param name="watcher">The cluster watcher.</param>
    /// <param name="pulls">Where orphans are removed.</param>
    public MachineSupervisorActor(IActorRef machines, IActorRef watcher, IPulls pulls)
    {
        (_machines, _watcher, _pulls) = (machines, watcher, pulls);

        Recover<SnapshotOffer>(offer =>
        {
            _register = (MachineRegister)offer.Snapshot;
            _compaction.Recovered(offer.Metadata);
        });
        Recover<ISupervisorEvent>(e => _register = _register.Apply(e));
        Recover<RecoveryCompleted>(_ => Started());

        Command<SaveSnapshotSuccess>(m => _compaction.Saved(this, m.Metadata));
        Command<SaveSnapshotFailure>(m => _log.Warning("The list of machines has no new snapshot, the next start takes longer: {Error}", m.Cause.Message));
        Command<DeleteMessagesSuccess>(_ => { });
        Command<DeleteSnapshotsSuccess>(_ => { });
        // From a machine that was told to go and cannot store that; it is told until it is gone.
        Command<NotStored>(_ => { });
        Command<CreateMachine>(Create);
        Command<RemoveMachine>(Remove);
        Command<ListMachines>(_ => Sender.Tell(new MachineNames([.. _register.Machines.Keys])));
        Command<HandOff>(_ => Context.Stop(Self));
        Command<MachineGone>(Gone);
        Command<MachineRuns>(Compare);
        // A machine that nobody runs just now is told again anyway.
        Command<Status.Failure>(_ => { });
        Command<TellAgain>(_ => TellRemoving());
        Command<RunAll>(_ => RunMachines());
        Command<ClusterSeen>(m =>
        {
            _view = m.View;
            RemoveOrphans();
        });
        Command<OrphanRemoved>(m => _orphans.Remove(m.Pull));
        Command<OrphanStays>(m =>
        {
            _log.Warning("Orphaned DaemonSet {0} stays for now: {1}", m.Pull, m.Error);
            Timers.StartSingleTimer(m.Pull, new OrphanDue(m.Pull), TellAgainAfter);
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

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) => Refuse(cause, @event);

    /// <summary>The actor stops, as it cannot know whether the event was stored; it is started again, and reads its journal.</summary>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => Refuse(cause, @event);

    private void Refuse(Exception cause, object @event)
    {
        _log.Warning("The list of machines cannot be stored: {Error}", cause.Message);
        // That a machine is gone is told again by the machine, when it is told again to go.
        if (@event is MachineCreated or MachineRemoving)
            Sender.Tell(new NotStored(cause.Message));
    }

    private void Apply(ISupervisorEvent stored)
    {
        _register = _register.Apply(stored);
        _compaction.SaveIfDue(this, _register);
    }

    private void Started()
    {
        RunMachines();
        TellRemoving();
        Timers.StartPeriodicTimer(nameof(RunAll), RunAll.Instance, RunAllAfter);
        _watcher.Tell(SubscribeToCluster.Instance, Self);
        _log.Info("{0} machines known", _register.Machines.Count);
    }

    // The actor of a machine stops when its replica does, or its journal cannot be written or read; what it is told here starts it again, and else changes nothing.
    private void RunMachines()
    {
        foreach (var machine in _register.Machines.Keys)
            _machines.Tell(new RunMachine(machine), Self);
    }

    // A crash between "recorded" and "told" is made good here.
    private void Compare(MachineRuns message)
    {
        if (_register.Machines.TryGetValue(message.Machine, out var known) && (message.Generation < known.Generation || known.Generation == 0))
            _machines.Tell(new ConfigureMachine(known.Generation, known.Spec, WantsAnswer: false), ActorRefs.NoSender);
    }

    private void Create(CreateMachine command)
    {
        var spec = command.Spec;
        if (_register.Machines.TryGetValue(spec.Name, out var known) && known.Spec.IsSameAs(spec))
        {
            _machines.Tell(new ConfigureMachine(known.Generation, known.Spec), Sender);
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

    // A machine may be moving to another replica just now, so it is told until it answers.
    private void TellRemoving()
    {
        foreach (var (machine, generation) in _register.Removing)
            _machines.Tell(new DeleteMachine(machine, generation), Self);
        if (!_register.Removing.IsEmpty)
            Timers.StartSingleTimer(nameof(TellAgain), TellAgain.Instance, TellAgainAfter);
    }

    private void RemoveOrphans()
    {
        if (!_view.IsSynced)
            return;
        foreach (var pull in _view.Pulls.Values.Where(pull =>
            !_register.Machines.ContainsKey(pull.Machine) && !_register.Removing.ContainsKey(pull.Machine) && _orphans.Add(pull.Name)))
        {
            _log.Info("DaemonSet {0} is of a machine that does not exist ({1}); removing it", pull.Name, pull.Machine);
            _pulls.DeletePullAsync(pull.Name, CancellationToken.None)
                .PipeTo(Self, success: _ => new OrphanRemoved(pull.Name), failure: error => new OrphanStays(pull.Name, error.Message));
        }
    }

    private sealed record TellAgain
    {
        public static TellAgain Instance { get; } = new();
    }

    private sealed record RunAll
    {
        public static RunAll Instance { get; } = new();
    }

    private sealed record OrphanRemoved(string Pull);

    private sealed record OrphanDue(string Pull);

    private sealed record OrphanStays(string Pull, string Error);
}
