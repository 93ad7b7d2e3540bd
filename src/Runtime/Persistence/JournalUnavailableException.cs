namespace CacheMachine.Runtime.Persistence;

/// <summary>
/// What <c>OnPersistRejected</c> is given when the journal answered <see cref="AppendResult.Unavailable"/>: it is certain that nothing was stored, so the actor lives on
/// with its state as it was and may try again later. In Akka.NET a lost connection is always a persist failure, after which the actor stops, because its journals
/// cannot tell whether the event was stored. The events' sequence numbers are free again.
/// </summary>
public sealed class JournalUnavailableException : PersistenceException
{
    /// <summary>The journal could not take events of <paramref name="persistenceId"/>.</summary>
    public JournalUnavailableException(string persistenceId, AppendResult.Unavailable unavailable)
        : base($"append to the journal of '{persistenceId}': {unavailable.Reason}. Nothing was stored.") =>
        PersistenceId = persistenceId;

    /// <summary>The log in question.</summary>
    public string PersistenceId { get; }
}
