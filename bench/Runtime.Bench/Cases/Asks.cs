using System.Threading.Channels;
using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Bench.Harness;

namespace CacheMachine.Runtime.Bench.Cases;

/// <summary>Questions and their answers, with a time limit on each, as the HTTP API asks.</summary>
internal sealed class Asks : Benchmark
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly object Question = new();
    private static readonly object Reply = new();

    private readonly int _atOnce;
    private readonly ActorSystem _system = ActorSystem.Create("bench");
    private readonly IActorRef _echo;
    private readonly Channel<TaskCompletionSource<object>> _channel =
        Channel.CreateUnbounded<TaskCompletionSource<object>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _answering;

    /// <param name="atOnce">How many ask at the same time, each again when it has its answer.</param>
    public Asks(int atOnce)
    {
        _atOnce = atOnce;
        _echo = _system.ActorOf(Props.Create<Echo>());
        _answering = Task.Run(AnswerAsync);
    }

    public override string Name => _atOnce == 1 ? "ask, one after another" : $"ask, {_atOnce} at once";

    public override string Peer => "TaskCompletionSource through a Channel, WaitAsync";

    public override int Start => 2_000;

    public override int Most => 500_000;

    public override Task<double> RunAsync(int count) => AskAsync(count, () => _echo.Ask<object>(Question, Limit));

    public override Task<double> RunPeerAsync(int count) => AskAsync(count, () =>
    {
        var reply = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        _channel.Writer.TryWrite(reply);
        return reply.Task.WaitAsync(Limit, TimeProvider.System);
    });

    public override async ValueTask DisposeAsync()
    {
        _channel.Writer.Complete();
        await _answering;
        await _system.Terminate();
    }

    private async Task<double> AskAsync(int count, Func<Task<object>> ask)
    {
        var each = count / _atOnce;
        var began = Now;
        await Task.WhenAll(Enumerable.Range(0, _atOnce).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
                await ask();
        })));
        return Rate(each * _atOnce, began);
    }

    private async Task AnswerAsync()
    {
        while (await _channel.Reader.WaitToReadAsync())
        {
            while (_channel.Reader.TryRead(out var question))
                question.SetResult(Reply);
        }
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(_ => Sender.Tell(Reply));
    }
}
