using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Bench.Harness;
using CacheMachine.Runtime.Persistence;
using CacheMachine.Runtime.Persistence.Sqlite;

namespace CacheMachine.Runtime.Bench.Cases;

/// <summary>An actor with a long log and no snapshot, from its start to the end of its recovery.</summary>
internal sealed class Recovering : Benchmark
{
    private const int Events = 10_000;
    private const string Id = "account";

    private readonly ActorSystem _system;
    private readonly SqliteEventStore _store;
    private readonly PlainTable _plain;

    private Recovering(string directory, SqliteEventStore store)
    {
        _store = store;
        _plain = new PlainTable(Path.Combine(directory, "peer-of-recovery.db"));
        _plain.Insert(Events, eachTransaction: Events);
        _system = ActorSystem.Create("bench");
        Persistence.Persistence.Attach(_system, store, new AccountSerializer());
    }

    public override string Name => "events recovered, 10,000 of one actor";

    public override string Peer => "SQLite, one SELECT";

    public override int Start => Events;

    public override int Most => Events;

    public static async Task<Recovering> OpenAsync(string directory)
    {
        var store = await SqliteEventStore.OpenAsync(new SqliteStoreOptions(Path.Combine(directory, "journal-of-recovery.db")));
        var serializer = new AccountSerializer();
        await store.Journal.AppendAsync(
            Id, [.. Enumerable.Range(1, Events).Select(nr => new JournalEntry(nr, serializer.Serialize(Deposited.One), TimeProvider.System.GetUtcNow()))]);
        return new Recovering(directory, store);
    }

    public override async Task<double> RunAsync(int count)
    {
        var recovered = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var began = Now;
        var actor = _system.ActorOf(Props.Create(() => new AccountActor(Id, recovered)));
        Check(await recovered.Task, count);
        var rate = Rate(count, began);
        await _system.StopAsync(actor);
        return rate;
    }

    public override Task<double> RunPeerAsync(int count) => Task.Run(() =>
    {
        var began = Now;
        Check(_plain.Sum(), count);
        return Rate(count, began);
    });

    public override async ValueTask DisposeAsync()
    {
        await _system.Terminate();
        await _store.DisposeAsync();
        _plain.Dispose();
    }

    private static void Check(long balance, int count)
    {
        if (balance != count)
            throw new InvalidOperationException($"{count} events were stored, and {balance} came back");
    }
}
