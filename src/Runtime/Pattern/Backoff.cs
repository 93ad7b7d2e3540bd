using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.Pattern;

/// <summary>How to start a child again after a growing delay. Stands for <c>Akka.Pattern.Backoff</c>.</summary>
public static class Backoff
{
    /// <summary>
    /// Stands for <c>Akka.Pattern.Backoff.OnStop</c>: the child is started again after it has stopped, whatever made it stop; its failures are
    /// for the default decider (which restarts it at once).
    /// </summary>
    /// <param name="childProps">How to make the child.</param>
    /// <param name="childName">The same name each time.</param>
    /// <param name="minBackoff">The first delay; more than zero. It doubles with each restart, and starts again from here after a
    /// child has run that long (auto reset).</param>
    /// <param name="maxBackoff">The delay grows no further; not less than the first.</param>
    /// <param name="randomFactor">0 to 1: each delay is lengthened by a random part of it up to this, so that many do not start at once.</param>
    /// <param name="maxNrOfRetries">The supervisor stops rather than start the child more often than this; -1 is no limit.</param>
    public static BackoffOptions OnStop(
        Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor, int maxNrOfRetries) =>
        new(childProps, childName, minBackoff, maxBackoff, randomFactor, maxNrOfRetries);
}

/// <summary>For <see cref="BackoffSupervisor.Props"/>. Stands for <c>Akka.Pattern.BackoffOptions</c>.</summary>
public sealed class BackoffOptions
{
    internal BackoffOptions(
        Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor, int maxNrOfRetries)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(minBackoff, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBackoff, minBackoff);
        ArgumentOutOfRangeException.ThrowIfLessThan(randomFactor, 0.0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(randomFactor, 1.0);
        ChildProps = childProps;
        ChildName = childName;
        MinBackoff = minBackoff;
        MaxBackoff = maxBackoff;
        RandomFactor = randomFactor;
        MaxNrOfRetries = maxNrOfRetries;
    }

    internal Props ChildProps { get; }

    internal string ChildName { get; }

    internal TimeSpan MinBackoff { get; }

    internal TimeSpan MaxBackoff { get; }

    internal double RandomFactor { get; }

    internal int MaxNrOfRetries { get; }

    /// <param name="restarts">How often the child was started again since the last reset.</param>
    internal TimeSpan Delay(int restarts)
    {
        if (restarts >= 30) return MaxBackoff; // the power of two would overflow long after the maximum is reached
        var random = 1.0 + (Random.Shared.NextDouble() * RandomFactor);
        return TimeSpan.FromTicks((long)(Math.Min(MaxBackoff.Ticks, MinBackoff.Ticks * Math.Pow(2, restarts)) * random));
    }
}
