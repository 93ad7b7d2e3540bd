using System.Collections.Concurrent;
using CacheMachine.Simulator.Control;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Kubelets;

/// <summary>All kubelets on one loop and one timer. Nodes are objects, not threads: thousands of them cost memory only.</summary>
internal sealed class KubeletFleet : ControlLoop
{
    private readonly KubeletContext _context;
    private readonly TimerWheel _timers;
    private readonly ConcurrentDictionary<string, Kubelet> _kubelets = new(StringComparer.Ordinal);
    private readonly HashSet<(Kubelet, PodRun)> _dirty = [];
    private int _number;

    public KubeletFleet(KubeletContext context)
        : base(context.Resources, ResourceType.Pods)
    {
        _context = context;
        _timers = new TimerWheel(context.Resources.Time, Post);
    }

    public Kubelet? Find(string node) => _kubelets.GetValueOrDefault(node);

    /// <summary>A kubelet starts on a new machine and registers its node.</summary>
    public void Join(string node, IReadOnlyDictionary<string, string> labels)
    {
        var kubelet = _kubelets.GetOrAdd(node, name =>
            new Kubelet(name, Interlocked.Increment(ref _number), _context, _timers.After, (owner, run) => _dirty.Add((owner, run))));
        Resources.Create(ResourceType.Nodes, "", NodeObject.Build(
            node, kubelet.Ip, Resources.Names.Uid(), labels, _context.Options, Resources.Now));
    }

    /// <summary>The machine is gone for good.</summary>
    public void Leave(string node)
    {
        if (_kubelets.TryRemove(node, out var kubelet))
            Post(kubelet.Kill);
    }

    /// <summary>Runs work on a node's kubelet, in order with what it is already doing.</summary>
    /// <exception cref="InvalidOperationException">There is no such node.</exception>
    public void On(string node, Action<Kubelet> work)
    {
        var kubelet = Find(node) ?? throw new InvalidOperationException($"the cluster has no node {node}");
        Post(() => work(kubelet));
    }

    public void After(TimeSpan delay, Action work) => _timers.After(delay, work);

    public void StopTimers() => _timers.Dispose();

    protected override void Handle(WatchRecord record)
    {
        var pod = record.Object;
        if (pod.NodeName.Length > 0 && _kubelets.TryGetValue(pod.NodeName, out var kubelet))
            kubelet.Apply(pod, record.Kind == ChangeKind.Deleted);
    }

    protected override void Settle()
    {
        foreach (var (kubelet, run) in _dirty)
            kubelet.WriteStatus(run);
        _dirty.Clear();
    }
}
