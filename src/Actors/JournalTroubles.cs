namespace CacheMachine.Actors;

/// <summary>Why the journal last failed on this replica: what a reader or writer who waits for it in vain is told. Thread safe.</summary>
/// <param name="time">Clock.</param>
public sealed class JournalTroubles(TimeProvider time)
{
    // Whoever needs the journal tries again more often than this, so a trouble that lasts is noted again.
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(10);

    private volatile Trouble? _last;

    /// <summary>The reason in words, where the journal failed within the last 10 s; else null. It may name hosts and ports.</summary>
    public string? Recent => _last is { } last && time.GetElapsedTime(last.At) < Lasts ? last.Why : null;

    /// <summary>The journal could not be read or written.</summary>
    /// <returns>The reason in words.</returns>
    public string Note(Exception cause)
    {
        var why = InWords(cause);
        _last = new Trouble(why, time.GetTimestamp());
        return why;
    }

    /// <summary>The store's own words, without those of what lies between it and us.</summary>
    public static string InWords(Exception cause)
    {
        var words = new List<string>();
        for (var e = cause; e is not null; e = e.InnerException)
        {
            if ((e is not (AggregateException or OpenCircuitException) || e.InnerException is null) && !words.Any(said => said.Contains(e.Message, StringComparison.Ordinal)))
                words.Add(e.Message);
        }
        return string.Join(": ", words);
    }

    private sealed record Trouble(string Why, long At);
}
