using System.Threading.Channels;
using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.Bench.Cases;

/// <summary>Many actors that wait for messages, and their peers: many channels, each with a reader loop that waits.</summary>
internal static class Idlers
{
    /// <summary>Starts that many children of a new actor; done when each has run its PreStart.</summary>
    /// <returns>The parent, with which they stop.</returns>
    public static async Task<IActorRef> StartActorsAsync(ActorSystem system, int count)
    {
        var started = new Countdown(count);
        var parent = system.ActorOf(Props.Create<Parent>());
        parent.Tell(new Start(count, started), ActorRefs.NoSender);
        await started.Done;
        return parent;
    }

    /// <summary>Starts that many loops; done when each waits for its first message.</summary>
    public static async Task<(List<Channel<object>> Channels, List<Task> Loops)> StartLoopsAsync(int count)
    {
        var started = new Countdown(count);
        var channels = new List<Channel<object>>(count);
        var loops = new List<Task>(count);
        for (var i = 0; i < count; i++)
        {
            var channel = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true });
            channels.Add(channel);
            loops.Add(Task.Run(() => LoopAsync(channel.Reader, started)));
        }
        await started.Done;
        return (channels, loops);
    }

    public static async Task StopAsync(List<Channel<object>> channels, List<Task> loops)
    {
        foreach (var channel in channels)
            channel.Writer.Complete();
        await Task.WhenAll(loops);
    }

    private static async Task LoopAsync(ChannelReader<object> reader, Countdown started)
    {
        var seen = 0;
        var ready = reader.WaitToReadAsync();
        started.Signal();
        while (await ready)
        {
            while (reader.TryRead(out _))
                seen++;
            ready = reader.WaitToReadAsync();
        }
    }

    private sealed record Start(int Count, Countdown Started);

    private sealed class Parent : ReceiveActor
    {
        public Parent() => Receive<Start>(m =>
        {
            var props = Props.Create(() => new Child(m.Started));
            for (var i = 0; i < m.Count; i++)
                Context.ActorOf(props);
        });
    }

    private sealed class Child : ReceiveActor
    {
        private readonly Countdown _started;
        private int _seen;

        public Child(Countdown started)
        {
            _started = started;
            Receive<string>(_ => _seen++);
        }

        protected override void PreStart() => _started.Signal();
    }
}
