namespace CacheMachine.Actors.Pulling;

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
}
