namespace CacheMachine.Runtime.Bench.Harness;

/// <summary>One row: a task done with actors, and the same task done by a peer.</summary>
internal abstract class Benchmark : IAsyncDisposable
{
    /// <summary>What is done.</summary>
    public abstract string Name { get; }

    /// <summary>Who does the same.</summary>
    public abstract string Peer { get; }

    /// <summary>How a value is written.</summary>
    public virtual Unit Unit => Unit.PerSecond;

    /// <summary>Operations of the first warm-up run.</summary>
    public abstract int Start { get; }

    /// <summary>Operations of a run at most; equal to <see cref="Start"/> where a run is always of one size.</summary>
    public abstract int Most { get; }

    /// <summary>Does it <paramref name="count"/> times with actors.</summary>
    /// <returns>In <see cref="Unit"/>; what has to be prepared or cleared away is not counted.</returns>
    public abstract Task<double> RunAsync(int count);

    /// <summary>Does it <paramref name="count"/> times without.</summary>
    public abstract Task<double> RunPeerAsync(int count);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>Operations a second since <paramref name="began"/>, a timestamp of the system's clock.</summary>
    protected static double Rate(int count, long began) => count / TimeProvider.System.GetElapsedTime(began).TotalSeconds;

    /// <summary>The moment from which <see cref="Rate"/> counts.</summary>
    protected static long Now => TimeProvider.System.GetTimestamp();
}

/// <summary>How a value is written, and which is the better one.</summary>
internal enum Unit
{
    /// <summary>Operations a second: more is better.</summary>
    PerSecond,

    /// <summary>Bytes: less is better.</summary>
    Bytes,

    /// <summary>Milliseconds: less is better.</summary>
    Milliseconds,
}
