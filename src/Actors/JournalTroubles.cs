using System.Runtime.Serialization;
using System.Text.Json;

namespace CacheMachine.Actors;

/// <summary>
/// Whether the journal fails on this replica, and why: told to those who wait for it in vain, and logged when it begins, changes and ends, not for each actor
/// and each try. Thread safe.
/// </summary>
/// <param name="time">Clock.</param>
public sealed class JournalTroubles(TimeProvider time)
{
    // Whoever needs the journal tries again more often than this, so a trouble that lasts is noted again.
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private volatile Trouble? _last;

    /// <summary>The reason in words, where the journal has just failed; else null. It may name hosts and ports.</summary>
    public string? Recent => _last is { } last && time.GetElapsedTime(last.At) < Lasts ? last.Why : null;

    /// <summary>An actor could not store something.</summary>
    /// <param name="log">The actor's.</param>
    /// <param name="what">What could not be stored.</param>
    /// <param name="cause">Why.</param>
    /// <returns>Why, in words.</returns>
    public string CannotWrite(ILoggingAdapter log, string what, Exception cause)
    {
        var why = InWords(cause);
        if (IsNews(why, isWrite: true))
            log.Warning("Cannot write to the journal of {What}: {Error}", what, why);
        else
            log.Debug("Cannot write to the journal of {What}: {Error}", what, why);
        return why;
    }

    /// <summary>An actor could not read what it had stored.</summary>
    /// <param name="log">The actor's.</param>
    /// <param name="what">What could not be read.</param>
    /// <param name="sequenceNr">Of the last event that could.</param>
    /// <param name="cause">Why.</param>
    /// <param name="event">The event that could be read and was not understood; null where there is none.</param>
    public void CannotRead(ILoggingAdapter log, string what, long sequenceNr, Exception cause, object? @event)
    {
        var why = InWords(cause);
        if (@event is not null || IsOfAnEvent(cause))
            log.Error(cause, "Cannot read the journal of {What} past event {SequenceNr}", what, sequenceNr);
        else if (IsNews(why, isWrite: false))
            log.Warning("Cannot read the journal of {What}: {Error}", what, why);
        else
            log.Debug("Cannot read the journal of {What}: {Error}", what, why);
    }

    /// <summary>An actor has stored something.</summary>
    public void HasWritten(ILoggingAdapter log) => Over(log, isWrite: true);

    /// <summary>An actor has read what it had stored.</summary>
    public void HasRead(ILoggingAdapter log) => Over(log, isWrite: false);

    /// <summary>The store's own words, without those of what lies between it and us.</summary>
    public static string InWords(Exception cause)
    {
        var words = new List<string>();
        for (var e = cause; e is not null; e = e.InnerException)
        {
            var message = e.Message.TrimEnd('.');
            if ((e is not (AggregateException or OpenCircuitException) || e.InnerException is null) && !words.Any(said => said.Contains(message, StringComparison.Ordinal)))
                words.Add(message);
        }
        return string.Join(": ", words);
    }

    // An event that this release does not understand is no trouble of the store, and does not end by itself.
    private static bool IsOfAnEvent(Exception? cause) =>
        cause is not null && (cause is SerializationException or JsonException || IsOfAnEvent(cause.InnerException));

    private bool IsNews(string why, bool isWrite)
    {
        lock (_lock)
        {
            var (before, now) = (_last, time.GetTimestamp());
            _last = new Trouble(why, now, before?.Since ?? now, isWrite || before?.IsWrite == true);
            return before?.Why != why;
        }
    }

    // A full disk can be read.
    private void Over(ILoggingAdapter log, bool isWrite)
    {
        if (_last is null)
            return;
        lock (_lock)
        {
            if (_last is not { } last || (last.IsWrite && !isWrite))
                return;
            _last = null;
            log.Info("The journal works again after {Seconds:0} s", time.GetElapsedTime(last.Since).TotalSeconds);
        }
    }

    private sealed record Trouble(string Why, long At, long Since, bool IsWrite);
}
