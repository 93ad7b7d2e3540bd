namespace CacheMachine.Runtime.Persistence;

/// <summary>
/// What <c>OnPersistFailure</c> is given when the journal answered <see cref="AppendResult.Conflict"/>: another incarnation of the actor writes the
/// same log. The actor must stop; whoever owns the log now has the truth.
/// </summary>
internal sealed class SequenceNumberConflictException : PersistenceException
{
    /// <summary>The conflict on the log of <paramref name="persistenceId"/>.</summary>
    public SequenceNumberConflictException(string persistenceId, AppendResult.Conflict conflict)
        : base($"append to the journal of '{persistenceId}' at sequence number {conflict.SequenceNr}: taken, the journal is at {conflict.HighestSequenceNr}; "
            + "another writer owns this persistence id now. Nothing was stored.")
    {
        PersistenceId = persistenceId;
        Conflict = conflict;
    }

    /// <summary>The log in question.</summary>
    public string PersistenceId { get; }

    /// <summary>The journal's answer.</summary>
    public AppendResult.Conflict Conflict { get; }
}
