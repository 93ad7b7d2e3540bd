namespace CacheMachine.Host.Startup;

/// <summary>The journal's database cannot be opened.</summary>
/// <param name="message">Names the operation and the database; without passwords.</param>
/// <param name="cause">Of the driver.</param>
public sealed class JournalNotOpenedException(string message, Exception cause) : Exception(message, cause);
