namespace CacheMachine.Payloads;

/// <summary>
/// What <c>OnPersistRejected</c> is given on the built-in runtime when it is certain that nothing was stored: the actor lives on with its state as it was and may try again
/// later. The events' sequence numbers are free again. Akka.NET never gives it: there a lost connection is always a persist failure, after which the actor stops,
/// because its journals cannot tell whether the event was stored.
/// </summary>
public sealed class JournalUnavailableException : Exception
{
    /// <summary>The journal could not take events.</summary>
    /// <param name="persistenceId">Whose log.</param>
    /// <param name="reason">In words.</param>
    public JournalUnavailableException(string persistenceId, string reason)
        : base($"append to the journal of '{persistenceId}': {reason}. Nothing was stored.") =>
        PersistenceId = persistenceId;

    /// <summary>The log in question.</summary>
    public string PersistenceId { get; }
}
