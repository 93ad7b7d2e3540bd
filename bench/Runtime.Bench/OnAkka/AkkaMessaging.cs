using Akka.Actor;
using CacheMachine.Runtime.Bench.Cases;
using CacheMachine.Runtime.Bench.Harness;

namespace CacheMachine.Runtime.Bench.OnAkka;

/// <summary><see cref="Messages"/> on Akka.NET.</summary>
internal sealed class AkkaMessages(int senders) : AkkaPeer
{
    private static readonly object Message = new Increment(1);

    private readonly ActorSystem _system = AkkaSystem.Create();

    public override async Task<double> RunAsync(int count)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (each, total) = (count / senders, count / senders * senders);
        var counter = _system.ActorOf(Props.Create(() => new Counter(total, done)));
        var began = Now;
        await Task.WhenAll(Enumerable.Range(0, senders).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
                counter.Tell(Message, ActorRefs.NoSender);
        })));
        await done.Task;
        var rate = Rate(total, began);
        await counter.GracefulStop(Pace.Stuck);
        return rate;
    }

    public override async ValueTask DisposeAsync() => await _system.Terminate();

    private sealed record Increment(int By);

    private sealed class Counter : ReceiveActor
    {
        private int _sum;

        public Counter(int total, TaskCompletionSource done) => Receive<Increment>(m =>
        {
            if ((_sum += m.By) == total)
                done.SetResult();
        });
    }
}

/// <summary><see cref="Asks"/> on Akka.NET.</summary>
internal sealed class AkkaAsks : AkkaPeer
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly object Question = new();
    private static readonly object Reply = new();

    private readonly int _atOnce;
    private readonly ActorSystem _system = AkkaSystem.Create();
    private readonly IActorRef _echo;

    public AkkaAsks(int atOnce) => (_atOnce, _echo) = (atOnce, _system.ActorOf(Props.Create<Echo>()));

    public override async Task<double> RunAsync(int count)
    {
        var each = count / _atOnce;
        var began = Now;
        await Task.WhenAll(Enumerable.Range(0, _atOnce).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
                await _echo.Ask<object>(Question, Limit);
        })));
        return Rate(each * _atOnce, began);
    }

    public override async ValueTask DisposeAsync() => await _system.Terminate();

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(_ => Sender.Tell(Reply));
    }
}
