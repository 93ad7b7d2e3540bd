using Akka.Actor;
using CacheMachine.Runtime.Bench.Cases;
using CacheMachine.Runtime.Bench.Harness;

namespace CacheMachine.Runtime.Bench.OnAkka;

/// <summary><see cref="Creation"/> on Akka.NET.</summary>
internal sealed class AkkaCreation : AkkaPeer
{
    private readonly ActorSystem _system = AkkaSystem.Create();

    public override async Task<double> RunAsync(int count)
    {
        var began = Now;
        var parent = await AkkaIdlers.StartAsync(_system, count);
        var rate = Rate(count, began);
        await parent.GracefulStop(Pace.Stuck);
        return rate;
    }

    public override async ValueTask DisposeAsync() => await _system.Terminate();
}

/// <summary><see cref="IdleMemory"/> on Akka.NET.</summary>
internal sealed class AkkaIdleMemory : AkkaPeer
{
    private readonly ActorSystem _system = AkkaSystem.Create();

    public override async Task<double> RunAsync(int count)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var parent = await AkkaIdlers.StartAsync(_system, count);
        var bytes = (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / count;
        await parent.GracefulStop(Pace.Stuck);
        return bytes;
    }

    public override async ValueTask DisposeAsync() => await _system.Terminate();
}

/// <summary><see cref="Idlers"/> on Akka.NET.</summary>
internal static class AkkaIdlers
{
    /// <summary>Starts that many children of a new actor; done when each has run its PreStart.</summary>
    public static async Task<IActorRef> StartAsync(ActorSystem system, int count)
    {
        var started = new Countdown(count);
        var parent = system.ActorOf(Props.Create<Parent>());
        parent.Tell(new Start(count, started), ActorRefs.NoSender);
        await started.Done;
        return parent;
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
