using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Bench.Harness;
using CacheMachine.Runtime.Persistence.Sqlite;

namespace CacheMachine.Runtime.Bench.Cases;

/// <summary>
/// Events stored by some actors, from the first command to the last callback. Each command waits for the event of the one before it in its
/// actor, so one actor has one commit an event; several share commits.
/// </summary>
internal sealed class Persisting : Benchmark
{
    private readonly ActorSystem _system;
    private readonly SqliteEventStore _store;
    private readonly PlainTable _plain;
    private readonly List<IActorRef> _actors;

    private Persisting(string directory, SqliteEventStore store, int actors)
    {
        _store = store;
        _plain = new PlainTable(Path.Combine(directory, $"peer-of-{actors}.db"));
        _system = ActorSystem.Create("bench");
        Persistence.Persistence.Attach(_system, store, new AccountSerializer());
        _actors = [.. Enumerable.Range(0, actors).Select(i => _system.ActorOf(Props.Create<AccountActor>($"account-{i}", null)))];
    }

    public override string Name => _actors.Count == 1 ? "events stored, 1 actor" : $"events stored, {_actors.Count} actors at once";

    public override string Peer => "SQLite, one transaction an event";

    public override int Start => _actors.Count * 4;

    public override int Most => 200_000;

    public static async Task<Persisting> OpenAsync(string directory, int actors) =>
        new(directory, await SqliteEventStore.OpenAsync(new SqliteStoreOptions(Path.Combine(directory, $"journal-of-{actors}.db"))), actors);

    public override async Task<double> RunAsync(int count)
    {
        var each = count / _actors.Count;
        var stored = new Countdown(each * _actors.Count);
        var deposit = new Deposit(stored);
        var began = Now;
        for (var i = 0; i < each; i++)
        {
            foreach (var actor in _actors)
                actor.Tell(deposit, ActorRefs.NoSender);
        }
        await stored.Done;
        return Rate(each * _actors.Count, began);
    }

    public override Task<double> RunPeerAsync(int count) => Task.Run(() =>
    {
        var began = Now;
        _plain.Insert(count, eachTransaction: 1);
        return Rate(count, began);
    });

    public override async ValueTask DisposeAsync()
    {
        await _system.Terminate();
        await _store.DisposeAsync();
        _plain.Dispose();
    }
}
