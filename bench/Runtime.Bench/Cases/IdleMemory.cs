using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Bench.Harness;

namespace CacheMachine.Runtime.Bench.Cases;

/// <summary>Managed memory of an actor that waits: what the heap holds more with many of them than without.</summary>
internal sealed class IdleMemory : Benchmark
{
    private readonly ActorSystem _system = ActorSystem.Create("bench");

    public override string Name => "memory of an idle actor";

    public override string Peer => "a Channel and its reader loop";

    public override Unit Unit => Unit.Bytes;

    public override int Start => 20_000;

    public override int Most => 20_000;

    public override async Task<double> RunAsync(int count)
    {
        var before = Used();
        var parent = await Idlers.StartActorsAsync(_system, count);
        var bytes = (double)(Used() - before) / count;
        await _system.StopAsync(parent);
        return bytes;
    }

    public override async Task<double> RunPeerAsync(int count)
    {
        var before = Used();
        var (channels, loops) = await Idlers.StartLoopsAsync(count);
        var bytes = (double)(Used() - before) / count;
        await Idlers.StopAsync(channels, loops);
        return bytes;
    }

    public override async ValueTask DisposeAsync() => await _system.Terminate();

    private static long Used() => GC.GetTotalMemory(forceFullCollection: true);
}
