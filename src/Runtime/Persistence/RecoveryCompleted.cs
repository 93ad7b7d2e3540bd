namespace CacheMachine.Runtime.Persistence;

/// <summary>The last message of a recovery: the state is complete, and events may be persisted. Stands for Akka.NET's <c>Akka.Persistence.RecoveryCompleted</c>.</summary>
public sealed class RecoveryCompleted
{
    private RecoveryCompleted()
    {
    }

    /// <summary>The only value.</summary>
    internal static RecoveryCompleted Instance { get; } = new();
}
