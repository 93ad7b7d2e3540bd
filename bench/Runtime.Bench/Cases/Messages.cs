using System.Threading.Channels;
using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Bench.Harness;

namespace CacheMachine.Runtime.Bench.Cases;

/// <summary>Messages from some senders to one receiver, from the first sent to the last handled.</summary>
internal sealed class Messages(int senders) : Benchmark
{
    private static readonly object Message = new Increment(1);

    private readonly ActorSystem _system = ActorSystem.Create("bench");

    public override string Name => $"messages to one actor, {senders} sender{(senders == 1 ? "" : "s")}";

    public override string Peer => "Channel, one reader loop";

    public override int Start => 20_000;

    public override int Most => 2_000_000;

    public override async Task<double> RunAsync(int count)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (each, total) = (count / senders, count / senders * senders);
        var counter = _system.ActorOf(Props.Create(() => new Counter(total, done)));
        var began = Now;
        await SendAsync(each, () => counter.Tell(Message, ActorRefs.NoSender));
        await done.Task;
        var rate = Rate(total, began);
        await _system.StopAsync(counter);
        return rate;
    }

    public override async Task<double> RunPeerAsync(int count)
    {
        var channel = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = senders == 1 });
        var (each, total) = (count / senders, count / senders * senders);
        var reader = Task.Run(() => ReadAsync(channel.Reader, total));
        var began = Now;
        await SendAsync(each, () => channel.Writer.TryWrite(Message));
        await reader;
        return Rate(total, began);
    }

    public override async ValueTask DisposeAsync() => await _system.Terminate();

    private Task SendAsync(int each, Action send) => Task.WhenAll(Enumerable.Range(0, senders).Select(_ => Task.Run(() =>
    {
        for (var i = 0; i < each; i++)
            send();
    })));

    private static async Task<int> ReadAsync(ChannelReader<object> reader, int total)
    {
        var sum = 0;
        while (sum < total && await reader.WaitToReadAsync())
        {
            while (reader.TryRead(out var message))
            {
                if (message is Increment increment)
                    sum += increment.By;
            }
        }
        return sum;
    }

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
