namespace CacheMachine.Runtime.Persistence;

/// <summary>What became of an append. A conflict and a rejection are answers, not exceptions: in both cases it is certain that nothing was stored.</summary>
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
}
