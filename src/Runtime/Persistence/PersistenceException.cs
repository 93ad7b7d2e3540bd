namespace CacheMachine.Runtime.Persistence;

/// <summary>The storage could not do what it was asked. The message names the operation, the database, the cause, and what is not known about the outcome.</summary>
public class PersistenceException : Exception
{
    /// <summary>An error with its whole story in the message.</summary>
    public PersistenceException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
