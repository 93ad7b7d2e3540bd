using Akka.Actor;
using Akka.Persistence;
using CacheMachine.Runtime.Bench.Cases;
using CacheMachine.Runtime.Bench.Harness;

namespace CacheMachine.Runtime.Bench.OnAkka;

/// <summary><see cref="Persisting"/> on Akka.NET with Akka.Persistence.Sql.</summary>
internal sealed class AkkaPersisting : AkkaPeer
{
    private readonly ActorSystem _system;
    private readonly List<IActorRef> _actors;

    public AkkaPersisting(string directory, int actors)
    {
        _system = AkkaSystem.Create(Path.Combine(directory, $"akka-journal-of-{actors}.db"));
        _actors = [.. Enumerable.Range(0, actors).Select(i => _system.ActorOf(Props.Create(() => new AkkaAccount($"account-{i}", null))))];
    }

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

    public override async ValueTask DisposeAsync() => await _system.Terminate();
}

/// <summary><see cref="Recovering"/> on Akka.NET with Akka.Persistence.Sql.</summary>
internal sealed class AkkaRecovering : AkkaPeer
{
    private const int Events = 10_000;
    private const string Id = "account";

    private readonly ActorSystem _system;

    private AkkaRecovering(ActorSystem system) => _system = system;

    public static async Task<AkkaRecovering> OpenAsync(string directory)
    {
        var system = AkkaSystem.Create(Path.Combine(directory, "akka-journal-of-recovery.db"));
        var writer = system.ActorOf(Props.Create(() => new AkkaAccount(Id, null)));
        var stored = new Countdown(Events);
        writer.Tell(new DepositMany(Events, stored), ActorRefs.NoSender);
        await stored.Done;
        await writer.GracefulStop(Pace.Stuck);
        return new AkkaRecovering(system);
    }

    public override async Task<double> RunAsync(int count)
    {
        var recovered = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var began = Now;
        var actor = _system.ActorOf(Props.Create(() => new AkkaAccount(Id, recovered)));
        var balance = await recovered.Task;
        var rate = Rate(count, began);
        if (balance != count)
            throw new InvalidOperationException($"{count} events were stored, and {balance} came back");
        await actor.GracefulStop(Pace.Stuck);
        return rate;
    }

    public override async ValueTask DisposeAsync() => await _system.Terminate();
}

/// <summary>Asks for many events to be stored at once.</summary>
internal sealed record DepositMany(int Count, Countdown Stored);

/// <summary><see cref="AccountActor"/> on Akka.NET.</summary>
internal sealed class AkkaAccount : ReceivePersistentActor
{
    private long _balance;

    public AkkaAccount(string id, TaskCompletionSource<long>? recovered)
    {
        PersistenceId = id;
        Recover<Deposited>(e => _balance += e.Amount);
        Recover<RecoveryCompleted>(_ => recovered?.SetResult(_balance));
        Command<Deposit>(m => Persist(Deposited.One, e =>
        {
            _balance += e.Amount;
            m.Stored.Signal();
        }));
        Command<DepositMany>(m => PersistAll(Enumerable.Repeat(Deposited.One, m.Count), e =>
        {
            _balance += e.Amount;
            m.Stored.Signal();
        }));
    }

    public override string PersistenceId { get; }
}
