namespace CacheMachine.Actors;

/// <summary>A call to the cluster or to a registry failed. The message names the operation, the target and the other side's own words.</summary>
public sealed class PortException : Exception
{
    /// <param name="message">Operation, target and reason, without secrets.</param>
    /// <param name="retryAfter">How long the other side asked to be left alone; null where it did not.</param>
    /// <param name="inner">What lies beneath, if anything.</param>
    public PortException(string message, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(message, inner) => RetryAfter = retryAfter;

    /// <summary>How long the other side asked to be left alone.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>The registry that said that there were too many requests; null where that is not the reason.</summary>
    public string? LimitedBy { get; init; }

    /// <summary>The whole story for the log, where the message leaves out what API users are not to know; null: the message.</summary>
    public string? Detail { get; init; }

    /// <summary>What is wrong in words that stay the same from one try to the next while the trouble does; null: the message.</summary>
    public string? Reason { get; init; }
}
