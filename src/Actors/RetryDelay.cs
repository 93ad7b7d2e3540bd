namespace CacheMachine.Actors;

/// <summary>How long to wait after failures in a row.</summary>
public static class RetryDelay
{
    /// <summary><paramref name="min"/> after the first failure, doubling, at most <paramref name="max"/>.</summary>
    /// <param name="failures">At least 1.</param>
    /// <param name="min">After the first.</param>
    /// <param name="max">Never more.</param>
    public static TimeSpan After(int failures, TimeSpan min, TimeSpan max)
    {
        var doubled = min * Math.Pow(2, Math.Min(failures - 1, 30));
        return doubled < max ? doubled : max;
    }

    /// <summary>Full jitter (a time between none and all of the delay), but at least a twentieth, so that no registry is asked again at once.</summary>
    /// <param name="delay">All of it.</param>
    /// <param name="chance">From 0 to 1.</param>
    public static TimeSpan WithJitter(TimeSpan delay, double chance) => delay * Math.Max(chance, 0.05);
}
