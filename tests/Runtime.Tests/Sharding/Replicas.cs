using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Sharding;
using CacheMachine.Runtime.TestKit;

namespace CacheMachine.Runtime.Tests.Sharding;

/// <summary>Several replicas in one process: each an actor system, on leases in memory, in one virtual time. Its transport hands messages over directly, unless it is cut.</summary>
internal sealed class Replicas : IAsyncDisposable
{
    public const int Shards = 12;

    public static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    private readonly MemoryLeases _leases = new();
    private readonly Dictionary<string, Replica> _replicas = new(StringComparer.Ordinal);
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lost = new();
    private int _started;

    public static Replicas None() => new();

    public VirtualTimeProvider Time { get; } = new();

    public IEnumerable<Replica> All => _replicas.Values;

    public IReadOnlyDictionary<string, LeaseRecord> Leases => _leases.Leases;

    /// <summary>Replicas that answer nobody: messages to them are lost.</summary>
    public HashSet<string> Unreachable { get; } = new(StringComparer.Ordinal);

    public List<string> Incidents { get; } = [];

    public int LostTo(string address) => _lost.Count(to => to == address);

    public Replica Start(Action<ClusterSharding>? also = null)
    {
        var replica = new Replica(this, $"r{++_started}", _leases.Another());
        _replicas.Add(replica.Address, replica);
        also?.Invoke(replica.Sharding);
        return replica;
    }

    public Replica? At(string address) => _replicas.GetValueOrDefault(address);

    public async Task RemoveAsync(Replica replica)
    {
        _replicas.Remove(replica.Address);
        await replica.System.Terminate();
    }

    /// <summary>Lets time pass until it is so.</summary>
    public void Until(Func<bool> condition, TimeSpan limit, string what)
    {
        var end = Time.GetUtcNow() + limit;
        while (!condition())
        {
            if (Time.GetUtcNow() >= end)
                throw new TimeoutException($"it did not come within {limit} that {what}; owners: {string.Join(", ", Owners())}");
            Pass(Beat / 5);
        }
    }

    /// <summary>Lets time pass in small steps, and looks after each whether a shard has two owners.</summary>
    public void Pass(TimeSpan time)
    {
        for (var end = Time.GetUtcNow() + time; Time.GetUtcNow() < end;)
        {
            Time.Advance(Beat / 5);
            Look();
        }
    }

    public void Look()
    {
        for (var shard = 0; shard < Shards; shard++)
        {
            var owners = All.Where(replica => replica.Holds(shard)).Select(replica => replica.Address).ToList();
            if (owners.Count > 1)
                Incidents.Add($"shard {shard} has the owners {string.Join(" and ", owners)} at {Time.GetUtcNow():O}");
        }
    }

    public string?[] Owners() => [.. Enumerable.Range(0, Shards).Select(shard => All.FirstOrDefault(replica => replica.Holds(shard))?.Address)];

    public bool IsFair()
    {
        var counts = All.Select(replica => replica.Count).ToList();
        return counts.Sum() == Shards && counts.Max() - counts.Min() <= 1;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in All.ToList())
            await RemoveAsync(replica);
    }

    internal sealed class Replica : IShardTransport
    {
        private readonly Replicas _all;

        public Replica(Replicas all, string address, MemoryLeases leases)
        {
            (_all, Address, Leases) = (all, address, leases);
            System = ActorSystem.Create(address, new ActorSystemSettings { TimeProvider = all.Time, Activity = new Dispatch.ActivityTracker() });
            all.Time.ComeToRest += ComeToRest;
            Sharding = ClusterSharding.Get(System);
            Sharding.Join(leases, this, new ShardClusterSettings(address, address, Shards) { IsSafeToRepeat = message => message is To { Message: "question" } });
            Region = Sharding.Start(
                "echo", id => Props.Create<OwnedEntity>(id, Address, all.Log), new ClusterShardingSettings(), new TestExtractor(Shards), OwnedEntity.HandOff);
        }

        public string Address { get; }

        public MemoryLeases Leases { get; }

        public ActorSystem System { get; }

        public ClusterSharding Sharding { get; }

        public IActorRef Region { get; }

        public int Count => Enumerable.Range(0, Shards).Count(Holds);

        public bool Holds(int shard) => Sharding.Holds(shard.ToString(global::System.Globalization.CultureInfo.InvariantCulture));

        /// <summary>The process ends without a word.</summary>
        public Task KillAsync()
        {
            Leases.Fail = "killed";
            return _all.RemoveAsync(this);
        }

        public Task<string> AskAsync(string entity, object message) => Region.Ask<string>(new To(entity, message), TimeSpan.FromSeconds(30));

        public async Task<ShardDelivery> DeliverAsync(string address, string typeName, object message, bool wantsReply, CancellationToken cancellationToken)
        {
            if (_all.Unreachable.Contains(address))
            {
                _all._lost.Enqueue(address);
                return new ShardDelivery.Failed($"{address} does not answer", MayHaveArrived: true);
            }
            if (_all.At(address) is not { } peer)
                return new ShardDelivery.Failed($"{address} refuses the connection", MayHaveArrived: false);
            return await peer.Sharding.ReceiveAsync(typeName, message, wantsReply, cancellationToken);
        }

        private void ComeToRest()
        {
            if (!System.WhenTerminated.IsCompleted)
                Rest.Await(System, TimeSpan.FromSeconds(10));
        }
    }

    /// <summary>What the entities did, in order: (entity, replica, what).</summary>
    public System.Collections.Concurrent.ConcurrentQueue<(string Entity, string Replica, object What)> Log { get; } = new();
}

/// <summary>An entity that writes down what it does, and answers where it runs.</summary>
internal sealed class OwnedEntity : ReceiveActor
{
    public const string HandOff = "hand off";

    private readonly Action<object> _write;

    public OwnedEntity(string id, string replica, System.Collections.Concurrent.ConcurrentQueue<(string, string, object)> log)
    {
        _write = what => log.Enqueue((id, replica, what));
        Receive<string>(_ => Context.Stop(Self), text => text == HandOff);
        Receive<string>(_ => { }, text => text == "silence");
        ReceiveAny(message =>
        {
            _write(message);
            Sender.Tell(replica);
        });
    }

    protected override void PreStart() => _write("start");

    protected override void PostStop() => _write("stop");
}
