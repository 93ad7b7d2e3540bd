using CacheMachine.Actors.CacheMachines;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Ports;

namespace CacheMachine.Actors.Supervisor;

/// <summary>
/// Knows which machines exist, starts each at start-up, creates and deletes them, and removes DaemonSets of machines that do not exist.
/// One in the whole cluster. Its journal is the truth about specs: a machine that crashed between "recorded" and "started" is told again.
/// </summary>
public sealed partial class MachineSupervisorActor : ReceivePersistentActor, IWithTimers
{
    /// <summary>Its persistence id.</summary>
    public const string Id = "machine-supervisor";

    private static readonly TimeSpan TellAgainAfter = TimeSpan.FromSeconds(10), TellAllAfter = TimeSpan.FromSeconds(30);

    private readonly IActorRef _machines;
    private readonly IActorRef _watcher;
    private readonly IClusterApi _cluster;
    private readonly TimeProvider _time;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, List<IActorRef>> _waiting = new(StringComparer.Ordinal);
    private readonly HashSet<string> _orphans = new(StringComparer.Ordinal);
    private MachineRegister _register = MachineRegister.Empty;
    private ClusterView _view = ClusterView.Empty;

    /// <param name="machines">The shard region of the machines.</param>
    /// <param name="watcher">The cluster watcher.</param>
    /// <param name="cluster">Where orphans are removed.</param>
    /// <param name="time">Clock.</param>
    public MachineSupervisorActor(IActorRef machines, IActorRef watcher, IClusterApi cluster, TimeProvider time)
    {
        (_machines, _watcher, _cluster, _time) = (machines, watcher, cluster, time);

        Recover<SnapshotOffer>(Recover);
        Recover<ISupervisorEvent>(e => _register = _register.Apply(e));
        Recover<RecoveryCompleted>(_ => Started());

        CommandsAboutTheJournal();
        Command<CreateMachine>(Create);
        Command<RemoveMachine>(Remove);
        Command<ListMachines>(_ => Sender.Tell(new MachineNames([.. _register.Machines.Keys])));
        Command<MachineGone>(Gone);
        Command<TellAgain>(_ => TellRemoving());
        Command<TellAll>(_ => TellMachines());
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

    private void Started()
    {
        TellMachines();
        TellRemoving();
        Timers.StartPeriodicTimer(nameof(TellAll), TellAll.Instance, TellAllAfter);
        _watcher.Tell(SubscribeToCluster.Instance, Self);
        _log.Info("{0} machines known", _register.Machines.Count);
    }

    // The actor of a machine stops when its journal cannot be written or read; what it is told here starts it again, and else changes nothing.
    private void TellMachines()
    {
        foreach (var machine in _register.Machines.Values)
            _machines.Tell(new ConfigureMachine(machine.Id, machine.Spec, WantsAnswer: false), Self);
    }

    private void Create(CreateMachine command)
    {
        var spec = command.Spec;
        if (_register.Machines.TryGetValue(spec.Name, out var known) && known.Spec.IsSameAs(spec))
        {
            _machines.Tell(new ConfigureMachine(known.Id, known.Spec), Sender);
            return;
        }
        var created = new MachineCreated(Guid.CreateVersion7(_time.GetUtcNow()).ToString("N"), spec);
        Persist(created, e =>
        {
            Apply(e);
            _machines.Tell(new ConfigureMachine(e.Id, e.Spec), Sender);
            // The machine that they wait for is gone, although there is a new one of its name, which removes what is left of it.
            Answer(e.Spec.Name);
        });
    }

    private void Remove(RemoveMachine command)
    {
        if (_register.Removing.Contains(command.Machine))
        {
            Wait(command.Machine, Sender);
            return;
        }
        if (!_register.Machines.ContainsKey(command.Machine))
        {
            Sender.Tell(new MachineNotFound(command.Machine));
            return;
        }
        Persist(new MachineRemoving(command.Machine), e =>
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
        if (!_register.Removing.Contains(message.Machine))
            return;
        Persist(new MachineRemoved(message.Machine), e =>
        {
            Apply(e);
            Answer(e.Machine);
            RemoveOrphans();
        });
    }

    private void Answer(string machine)
    {
        if (_waiting.Remove(machine, out var waiting))
            waiting.ForEach(asker => asker.Tell(new MachineGone(machine)));
    }

    // A machine may be moving to another replica just now, so it is told until it answers.
    private void TellRemoving()
    {
        foreach (var machine in _register.Removing)
            _machines.Tell(new DeleteMachine(machine), Self);
        if (!_register.Removing.IsEmpty)
            Timers.StartSingleTimer(nameof(TellAgain), TellAgain.Instance, TellAgainAfter);
    }

    private void RemoveOrphans()
    {
        if (!_view.IsSynced)
            return;
        foreach (var pull in _view.Pulls.Values.Where(pull =>
            !_register.Machines.ContainsKey(pull.Machine) && !_register.Removing.Contains(pull.Machine) && _orphans.Add(pull.Name)))
        {
            _log.Info("DaemonSet {0} is of a machine that does not exist ({1}); removing it", pull.Name, pull.Machine);
            _cluster.DeletePullAsync(pull.Name, CancellationToken.None)
                .PipeTo(Self, success: _ => new OrphanRemoved(pull.Name), failure: error => new OrphanStays(pull.Name, error.Message));
        }
    }

    private sealed record TellAgain
    {
        public static TellAgain Instance { get; } = new();
    }

    private sealed record TellAll
    {
        public static TellAll Instance { get; } = new();
    }

    private sealed record OrphanRemoved(string Pull);

    private sealed record OrphanDue(string Pull);

    private sealed record OrphanStays(string Pull, string Error);
}
