using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Bench.Harness;

namespace CacheMachine.Runtime.Bench.Cases;

/// <summary>Actors started as children of one parent, until each has run its PreStart.</summary>
internal sealed class Creation : Benchmark
{
    private readonly ActorSystem _system = ActorSystem.Create("bench");

    public override string Name => "actors started";

    public override string Peer => "a Channel and its reader loop";

    public override int Start => 2_000;

    public override int Most => 100_000;

    public override async Task<double> RunAsync(int count)
    {
        var began = Now;
        var parent = await Idlers.StartActorsAsync(_system, count);
        var rate = Rate(count, began);
        await _system.StopAsync(parent);
        return rate;
    }

    public override async Task<double> RunPeerAsync(int count)
    {
        var began = Now;
        var (channels, loops) = await Idlers.StartLoopsAsync(count);
        var rate = Rate(count, began);
        await Idlers.StopAsync(channels, loops);
        return rate;
    }

    public override async ValueTask DisposeAsync() => await _system.Terminate();
}
