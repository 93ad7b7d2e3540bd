using System.Collections.Immutable;
using CacheMachine.Actors.Images;
using CacheMachine.Actors.Machines.Decisions;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.RepoMen;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Actors.Tests.Machines.Decisions;

/// <summary>
/// A cluster and a machine in it, without actors and I/O: what the machine's state asks for is done to the cluster, and what the
/// cluster then looks like is told to the machine. The clock stands still until it is moved.
/// </summary>
internal sealed class World
{
    private readonly MachineDecisions _decisions;
    private readonly HashSet<(string Image, string Node)> _onDisk = [];
    private readonly Dictionary<string, NodeFacts> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (PullOrder Order, string Uid)> _daemonSets = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Pull, string Node), PullPod> _pods = [];
    private int _uids;

    public World(MachineSettings? settings = null)
    {
        Settings = settings ?? new MachineSettings();
        _decisions = new MachineDecisions(Settings);
    }

    public MachineSettings Settings { get; }

    public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public MachineState State { get; private set; } = MachineState.Empty;

    public List<IMachineEvent> Journal { get; } = [];

    public IReadOnlyCollection<NodeFacts> Nodes => _nodes.Values;

    public IReadOnlyCollection<PullOrder> DaemonSets => [.. _daemonSets.Values.Select(d => d.Order)];

    /// <summary>How many nodes the service lets pull, where <see cref="MachineSettings.LimitsNodes"/>.</summary>
    public NodeBudget Budget { get; set; } = new(1);

    /// <summary>How many pulls there may be, where <see cref="MachineSettings.LimitsPulls"/>.</summary>
    public PullBudget Pulls { get; set; } = new(1, 1000);

    public double Chance { get; set; } = 1;

    public MachineStatus Status => StatusReport.Of(State, Settings, Now);

    public IReadOnlyList<DesiredImage> Available => [.. Status.AvailableImages];

    public static DesiredImage Image(string name, string? digest = null) => new($"registry.example:5000/{name}", digest, name);

    public static string Digest(int n) => "sha256:" + n.ToString("x64", System.Globalization.CultureInfo.InvariantCulture);

    public static MachineSpec Spec(params DesiredImage[] images) => new()
    {
        Name = "m",
        RepoMen = [new SimpleRepoManSpec([.. images])],
    };

    // ---- the machine

    public World Tell(IMachineMessage message)
    {
        var decision = _decisions.Decide(State, message, Now, Chance);
        Journal.AddRange(decision.Events);
        State = decision.State;
        return this;
    }

    public World Configure(MachineSpec spec, long generation = 1) => Tell(new ConfigureMachine(generation, spec));

    public World List(params DesiredImage[] images) => Tell(new RepoManListed(State.Record.Generation, 0, new RepoList([.. images], [])));

    /// <summary>A machine of these images that sees the cluster; nothing has been done for it yet.</summary>
    public World Begin(params DesiredImage[] images) => Configure(Spec(images)).List(images).See();

    public World See()
    {
        IsSeen = true;
        return Tell(new ClusterSeen(View));
    }

    /// <summary>The machine has seen the cluster as it is; else its view is late.</summary>
    public bool IsSeen { get; private set; }

    /// <summary>The service dies and starts again: only the journal is left.</summary>
    public World Restart()
    {
        State = new MachineState { Record = Journal.Aggregate(MachineRecord.Empty, (record, e) => record.Apply(e)) };
        return this;
    }

    /// <summary>Does to the cluster what the machine's state asks for, once, and lets the machine see it.</summary>
    public World Act()
    {
        ActUnseen();
        return See();
    }

    /// <summary>The same, but the view comes later.</summary>
    public World ActUnseen()
    {
        IsSeen = false;
        if (Settings.LimitsNodes)
        {
            Budget = Budget.Want("m", State.NodesWanted);
            Tell(new NodesGranted(Budget.Granted));
        }
        if (Settings.LimitsPulls)
        {
            Pulls = Pulls.Want("m", State.PullsWanted);
            Tell(new PullsGranted(Pulls.Granted("m"), Pulls.MostPods));
        }
        foreach (var (pull, work) in MachineChildren.Pullers(State).OrderBy(w => w.Key, StringComparer.Ordinal))
        {
            if (work.Order is { } order)
            {
                _daemonSets[pull] = (order, _daemonSets.TryGetValue(pull, out var known) ? known.Uid : $"ds-{++_uids}");
                Tell(new PullEnsured(pull));
            }
            else
            {
                _daemonSets.Remove(pull);
                foreach (var pod in _pods.Keys.Where(p => p.Pull == pull).ToList())
                    _pods.Remove(pod);
                Tell(new PullRemoved(pull));
            }
        }
        MakePods();
        return this;
    }

    public World Awake() => Tell(CacheMachine.Actors.Machines.Model.Awake.Instance);

    public World Pass(TimeSpan time)
    {
        Now += time;
        return Awake();
    }

    // ---- the cluster

    public World Join(string name, params (string Key, string Value)[] labels)
    {
        IsSeen = false;
        _nodes[name] = new NodeFacts
        {
            Name = name,
            Uid = $"node-{++_uids}",
            BootId = $"boot-{_uids}",
            Ready = true,
            CreatedAt = Now,
            Labels = labels.ToImmutableDictionary(l => l.Key, l => l.Value),
        };
        _onDisk.RemoveWhere(d => d.Node == name);
        foreach (var pod in _pods.Keys.Where(p => p.Node == name).ToList())
            _pods.Remove(pod);
        return this;
    }

    public World Leave(string name)
    {
        IsSeen = false;
        _nodes.Remove(name);
        _onDisk.RemoveWhere(d => d.Node == name);
        foreach (var pod in _pods.Keys.Where(p => p.Node == name).ToList())
            _pods.Remove(pod);
        return this;
    }

    public World Change(string name, Func<NodeFacts, NodeFacts> change)
    {
        IsSeen = false;
        _nodes[name] = change(_nodes[name]);
        return this;
    }

    public bool HasOnDisk(string image, string node) => _onDisk.Contains((image, node));

    /// <summary>kubelet pulls the image on the node, for the DaemonSet that asks for it; with the digest that the registry serves.</summary>
    public World Pulled(string image, string node, string? digest = null, bool reported = false)
    {
        IsSeen = false;
        var key = ImageReference.Parse(Image(image).ImageUrl).ToString();
        var pull = PullNames.DaemonSet("m", key);
        if (_pods.TryGetValue((pull, node), out var pod))
            _pods[(pull, node)] = pod with { State = PullPodState.Pulled, Digest = digest ?? Digest(1), Reason = null };
        _onDisk.Add((image, node));
        return reported ? Report(node, digest) : this;
    }

    public World PullFails(string image, string node, string reason)
    {
        IsSeen = false;
        var pull = PullNames.DaemonSet("m", ImageReference.Parse(Image(image).ImageUrl).ToString());
        if (_pods.TryGetValue((pull, node), out var pod))
            _pods[(pull, node)] = pod with { State = PullPodState.PullFailed, Reason = reason };
        return this;
    }

    /// <summary>The node reports what is on its disk.</summary>
    public World Report(string node, string? digest = null) => Change(node, n => n with
    {
        Images = new NodeImages([.. _onDisk.Where(d => d.Node == node).Select(d => new[]
        {
            Image(d.Image).ImageUrl, $"{Image(d.Image).ImageUrl.Split(':')[0]}:{Image(d.Image).ImageUrl.Split(':')[1]}@{digest ?? Digest(1)}",
        })]),
    });

    public World RemoveFromDisk(string image, string node)
    {
        IsSeen = false;
        _onDisk.Remove((image, node));
        return this;
    }

    public World DeleteDaemonSet(string pull)
    {
        IsSeen = false;
        _daemonSets.Remove(pull);
        foreach (var pod in _pods.Keys.Where(p => p.Pull == pull).ToList())
            _pods.Remove(pod);
        return this;
    }

    public World PlantDaemonSet(string name, string machine, string image)
    {
        IsSeen = false;
        _daemonSets[name] = (new PullOrder(name, image, "Always", PullTargets.Everywhere, Spec() with { Name = machine }), $"ds-{++_uids}");
        return this;
    }

    public IEnumerable<(string Pull, string Node, PullPodState State)> Pods => _pods.Values.Select(p => (p.Pull, p.Node, p.State));

    private ClusterView View => new()
    {
        Listed = ClusterKinds.All,
        Nodes = _nodes.ToImmutableDictionary(),
        Pods = _pods.Values.GroupBy(p => p.Pull).ToImmutableDictionary(g => g.Key, g => g.ToImmutableDictionary(p => p.Name)),
        Pulls = _daemonSets.ToImmutableDictionary(d => d.Key, d => new PullObject(d.Key, d.Value.Uid, d.Value.Order.Machine.Name, d.Value.Order.Image)),
    };

    private void MakePods()
    {
        foreach (var (name, (order, _)) in _daemonSets)
        {
            foreach (var node in _nodes.Values.Where(n => order.Targets.Covers(n.Name) && Eligibility.Of(n, order.Machine).Matches))
            {
                if (!_pods.ContainsKey((name, node.Name)))
                    _pods[(name, node.Name)] = new PullPod { Name = $"{name}-{node.Name}", Pull = name, Node = node.Name, CreatedAt = Now, State = PullPodState.Pulling };
            }
        }
    }
}
