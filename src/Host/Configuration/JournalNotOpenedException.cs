namespace CacheMachine.Host.Configuration;

/// <summary>The journal cannot be opened, whichever runtime it is for.</summary>
/// <param name="message">Names the operation and the database; without passwords.</param>
/// <param name="cause">Of the driver or the runtime.</param>
public sealed class JournalNotOpenedException(string message, Exception cause) : Exception(message, cause);
