using System.Collections.Concurrent;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;

namespace CacheMachine.Actors.Tests.Doubles;

/// <summary>
/// A cluster without kubelets: it has DaemonSets, tells its watches of what changes, and remembers every request. It carries requests out
/// at once, or fails them all, or leaves them to the test.
/// </summary>
internal sealed class ClusterDouble : IClusterWatch, IPulls
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (PullOrder Order, PullObject Object)> _pulls = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NodeFacts> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PullPod> _pods = new(StringComparer.Ordinal);
    private readonly List<ClusterWatch> _watches = [];
    private int _uids;

    /// <summary>Requests wait until the test answers them.</summary>
    public bool Holds { get; set; }

    /// <summary>Every request fails with these words.</summary>
    public string? Failure { get; set; }

    /// <summary>A watch begins with complete lists; else it says nothing of its own.</summary>
    public bool Lists { get; set; } = true;

    /// <summary>All requests, in order.</summary>
    public ConcurrentQueue<ClusterRequest> Requests { get; } = new();

    /// <summary>What operators were told.</summary>
    public ConcurrentQueue<PullNews> News { get; } = new();

    /// <summary>All watches that were ever begun.</summary>
    public IReadOnlyList<ClusterWatch> Watches
    {
        get
        {
            lock (_lock)
                return [.. _watches];
        }
    }

    public IReadOnlyList<PullOrder> DaemonSets
    {
        get
        {
            lock (_lock)
                return [.. _pulls.Values.Select(pull => pull.Order)];
        }
    }

    public string? UidOf(string pull)
    {
        lock (_lock)
            return _pulls.TryGetValue(pull, out var known) ? known.Object.Uid : null;
    }

    public IEnumerable<ClusterRequest> Asked(string verb) => Requests.Where(request => request.Verb == verb);

    public void Join(string name) => Join(Facts.Node(name));

    public void Join(NodeFacts node) => Change(() => _nodes[node.Name] = node, new NodeChanged(node));

    public void PodSays(string pull, string node, PullPodState state, string? digest = null, string? reason = null)
    {
        var pod = new PullPod { Name = $"{pull}-{node}", Pull = pull, Node = node, CreatedAt = Facts.Start, State = state, Digest = digest, Reason = reason };
        Change(() => _pods[pod.Name] = pod, new PodChanged(pod));
    }

    /// <summary>A DaemonSet that nobody ordered here.</summary>
    public void Plant(string name, string machine)
    {
        var pull = new PullObject(name, $"uid-{Interlocked.Increment(ref _uids)}", PullNames.Label(machine), "registry.example/planted:1");
        var order = new PullOrder(name, pull.Image, "Always", PullTargets.Everywhere, Facts.Spec(machine));
        Change(() => _pulls[name] = (order, pull), new PullChanged(pull));
    }

    /// <summary>Tells every watch that runs.</summary>
    public void Say(params ClusterChange[] changes)
    {
        foreach (var watch in Watches.Where(watch => !watch.IsOver))
            Array.ForEach(changes, watch.OnChange);
    }

    public Task WatchAsync(Action<ClusterChange> onChange, CancellationToken cancellationToken)
    {
        var watch = new ClusterWatch(onChange, cancellationToken);
        lock (_lock)
        {
            _watches.Add(watch);
            if (Lists)
            {
                onChange(new NodesListed([.. _nodes.Values]));
                onChange(new PodsListed([.. _pods.Values]));
                onChange(new PullsListed([.. _pulls.Values.Select(pull => pull.Object)]));
            }
        }
        return watch.Completion;
    }

    public async Task<EnsuredPull> EnsurePullAsync(PullOrder order, CancellationToken cancellationToken) =>
        (EnsuredPull)await AskAsync(new ClusterRequest("ensure", order.Name, order, () => Ensure(order), cancellationToken));

    public async Task<bool> DeletePullAsync(string name, CancellationToken cancellationToken) =>
        (bool)await AskAsync(new ClusterRequest("delete", name, null, () => Delete(name), cancellationToken));

    public Task TellAsync(PullNews news, CancellationToken cancellationToken)
    {
        News.Enqueue(news);
        return Failure is { } failure ? Task.FromException(new PortException(failure)) : Task.CompletedTask;
    }

    private Task<object> AskAsync(ClusterRequest request)
    {
        if (!Holds && Failure is { } failure)
            request.Fail(failure);
        else if (!Holds)
            request.Succeed();
        Requests.Enqueue(request);
        return request.Answer;
    }

    private EnsuredPull Ensure(PullOrder order)
    {
        lock (_lock)
        {
            if (_pulls.TryGetValue(order.Name, out var known))
            {
                _pulls[order.Name] = (order, known.Object);
                return new(known.Object.Uid, known.Order.Targets.Equals(order.Targets) ? EnsuredHow.Adopted : EnsuredHow.Retargeted);
            }
        }
        var pull = new PullObject(order.Name, $"uid-{Interlocked.Increment(ref _uids)}", PullNames.Label(order.Machine.Name), order.Image);
        Change(() => _pulls[order.Name] = (order, pull), new PullChanged(pull));
        return new(pull.Uid, EnsuredHow.Created);
    }

    private bool Delete(string name)
    {
        var existed = false;
        List<PullPod> pods = [];
        Change(() =>
        {
            existed = _pulls.Remove(name);
            pods = [.. _pods.Values.Where(pod => pod.Pull == name)];
            pods.ForEach(pod => _pods.Remove(pod.Name));
        });
        if (existed)
            Say([new PullDeleted(name), .. pods.Select(pod => new PodDeleted(name, pod.Name))]);
        return existed;
    }

    private void Change(Action change, params ClusterChange[] told)
    {
        lock (_lock)
            change();
        Say(told);
    }
}

/// <summary>A request that a puller or the supervisor made.</summary>
internal sealed class ClusterRequest(string verb, string name, PullOrder? order, Func<object> carryOut, CancellationToken cancelled)
{
    private readonly TaskCompletionSource<object> _answer = new();

    public string Verb => verb;

    public string Name => name;

    public PullOrder? Order => order;

    /// <summary>The one who asked no longer wants to know.</summary>
    public bool IsGivenUp => cancelled.IsCancellationRequested;

    public Task<object> Answer => _answer.Task;

    public void Succeed() => _answer.SetResult(carryOut());

    public void Fail(string words, TimeSpan? retryAfter = null) => _answer.SetException(new PortException(words, retryAfter));
}

/// <summary>A watch that somebody began.</summary>
internal sealed class ClusterWatch
{
    private readonly TaskCompletionSource _completion = new();

    public ClusterWatch(Action<ClusterChange> onChange, CancellationToken cancellationToken)
    {
        OnChange = onChange;
        cancellationToken.Register(() => _completion.TrySetCanceled(cancellationToken));
    }

    public Action<ClusterChange> OnChange { get; }

    public Task Completion => _completion.Task;

    public bool IsOver => _completion.Task.IsCompleted;

    public void End() => _completion.SetResult();

    public void Fail(string words) => _completion.SetException(new PortException(words));
}
