namespace CacheMachine.Kubernetes.Watch;

/// <summary>Times of a <see cref="Watcher{T}"/>.</summary>
public sealed record WatcherOptions
{
    /// <summary>
    /// The server ends a watch after this to twice this, at random, so that the watches of many clients do not end together
    /// (client-go uses the same). At least a second.
    /// </summary>
    public TimeSpan ServerTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The client gives a connection up this long after the server should have ended it: it is dead and silent.</summary>
    public TimeSpan ClientGrace { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Wait after the first of several failures; doubles with each further one.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The wait does not grow beyond this. Each wait is between half and all of its value, at random.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A watch that ended in order but was younger than this, and had no frame, counts as a failure.</summary>
    public TimeSpan ShortestWatch { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>For spread and jitter.</summary>
    public Random Random { get; init; } = Random.Shared;
}
