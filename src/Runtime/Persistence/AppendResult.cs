namespace CacheMachine.Runtime.Persistence;

/// <summary>What became of an append. All but <see cref="Stored"/> are answers, not exceptions, after which it is certain that nothing was stored.</summary>
public abstract record AppendResult
{
    private AppendResult()
    {
    }

    /// <summary>Every entry is durable.</summary>
    public sealed record Stored : AppendResult
    {
        /// <summary>The only value.</summary>
        public static Stored Instance { get; } = new();

        private Stored()
        {
        }
    }

    /// <summary>A sequence number is taken: somebody else writes this log, or wrote it since the caller recovered. Nothing was stored.</summary>
    /// <param name="SequenceNr">The first number that was to be written.</param>
    /// <param name="HighestSequenceNr">The highest number that the log holds or held.</param>
    public sealed record Conflict(long SequenceNr, long HighestSequenceNr) : AppendResult;

    /// <summary>The entries as they are can never be stored (see <see cref="JournalLimits"/>); trying again is of no use. Nothing was stored.</summary>
    /// <param name="Reason">Why, in words.</param>
    public sealed record Rejected(string Reason) : AppendResult;

    /// <summary>The storage is away, or cannot take anything just now. Nothing was stored; trying again later may help.</summary>
    /// <param name="Reason">Why, in words.</param>
    public sealed record Unavailable(string Reason) : AppendResult;
}
