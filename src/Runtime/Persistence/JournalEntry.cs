namespace CacheMachine.Runtime.Persistence;

/// <summary>One event of a log.</summary>
/// <param name="SequenceNr">Its place in the log, from 1.</param>
/// <param name="Payload">The event as bytes.</param>
/// <param name="Created">When it was persisted; stored as UTC ticks of 100 ns, as Akka.Persistence.Sql does.</param>
public sealed record JournalEntry(long SequenceNr, SerializedPayload Payload, DateTimeOffset Created);
