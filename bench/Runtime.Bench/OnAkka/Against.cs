using CacheMachine.Runtime.Bench.Harness;

namespace CacheMachine.Runtime.Bench.OnAkka;

/// <summary>The same task on Akka.NET.</summary>
internal abstract class AkkaPeer : IAsyncDisposable
{
    /// <summary>Does it that many times.</summary>
    public abstract Task<double> RunAsync(int count);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>Operations a second since a timestamp.</summary>
    protected static double Rate(int count, long began) => count / TimeProvider.System.GetElapsedTime(began).TotalSeconds;

    /// <summary>A timestamp.</summary>
    protected static long Now => TimeProvider.System.GetTimestamp();
}

/// <summary>A row of the other suite, with Akka.NET for its peer.</summary>
internal sealed class Against(Benchmark builtIn, string peer, AkkaPeer akka) : Benchmark
{
    public override string Name => builtIn.Name;

    public override string Peer => peer;

    public override Unit Unit => builtIn.Unit;

    public override int Start => builtIn.Start;

    public override int Most => builtIn.Most;

    public override Task<double> RunAsync(int count) => builtIn.RunAsync(count);

    public override Task<double> RunPeerAsync(int count) => akka.RunAsync(count);

    public override async ValueTask DisposeAsync()
    {
        await builtIn.DisposeAsync();
        await akka.DisposeAsync();
    }
}
