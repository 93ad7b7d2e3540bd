namespace CacheMachine.Runtime.Persistence;

/// <summary>
/// The log of events of every persistent actor. Akka.NET's counterpart is the journal plugin (<c>AsyncWriteJournal</c>);
/// the stored form is that of Akka.Persistence.Sql's default tables, so that a database works under either runtime.
/// </summary>
/// <remarks>
/// All methods are safe to call at once from many threads and none of them blocks its caller for I/O. What the storage could not do
/// is a <see cref="PersistenceException"/>, whose message says what was tried, on what, and whether the outcome is known.
/// </remarks>
public interface IJournal
{
    /// <summary>
    /// Stores all <paramref name="entries"/> or none of them. The task completes with <see cref="AppendResult.Stored"/> only when they are durable:
    /// they survive a kill of the process and a loss of power.
    /// </summary>
    /// <param name="persistenceId">Whose log; at most <see cref="JournalLimits.PersistenceIdLength"/> characters.</param>
    /// <param name="entries">
    /// At least one, in strictly rising order of sequence number. Numbers may leave gaps (a rejected event uses up its number), but the first must be
    /// above every number this log ever held, deleted ones included: otherwise the answer is <see cref="AppendResult.Conflict"/>.
    /// </param>
    /// <param name="cancellationToken">Takes the request back as long as its writing has not begun.</param>
    Task<AppendResult> AppendAsync(string persistenceId, IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default);

    /// <summary>
    /// One page of a log, in order of sequence number, without what has been deleted. An empty page means that there is nothing (more) in the range; a page
    /// may be shorter than <paramref name="max"/> because of the size of its payloads, so a reader goes on from its last number until a page is empty.
    /// </summary>
    /// <param name="persistenceId">Whose log.</param>
    /// <param name="fromSequenceNr">The first number wanted, inclusive.</param>
    /// <param name="toSequenceNr">The last number wanted, inclusive; <see cref="long.MaxValue"/> for all.</param>
    /// <param name="max">The most entries to return, at least 1.</param>
    /// <param name="cancellationToken">Gives the read up.</param>
    Task<IReadOnlyList<JournalEntry>> ReadAsync(string persistenceId, long fromSequenceNr, long toSequenceNr, int max, CancellationToken cancellationToken = default);

    /// <summary>The highest sequence number this log ever held, deleted ones included; 0 if it never held any.</summary>
    Task<long> HighestSequenceNrAsync(string persistenceId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Deletes every entry up to and including <paramref name="toSequenceNr"/>. As in Akka.Persistence.Sql the highest of them stays as a row marked
    /// deleted, which is what keeps <see cref="HighestSequenceNrAsync"/> right. Nothing to delete is no error.
    /// </summary>
    Task DeleteToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken = default);
}
