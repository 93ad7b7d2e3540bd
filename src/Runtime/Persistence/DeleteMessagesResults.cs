namespace CacheMachine.Runtime.Persistence;

/// <summary>The events are deleted. Stands for Akka.NET's <c>Akka.Persistence.DeleteMessagesSuccess</c>.</summary>
/// <param name="ToSequenceNr">The last number that was deleted, inclusive.</param>
public sealed record DeleteMessagesSuccess(long ToSequenceNr);

/// <summary>The events may still be there. Stands for Akka.NET's <c>Akka.Persistence.DeleteMessagesFailure</c>.</summary>
/// <param name="Cause">Why.</param>
/// <param name="ToSequenceNr">As given to <c>DeleteMessages</c>.</param>
internal sealed record DeleteMessagesFailure(Exception Cause, long ToSequenceNr);
