namespace CacheMachine.Runtime.Persistence;

/// <summary>A journal and a snapshot store that live in one database. Disposing it finishes the writes already accepted, then closes the database.</summary>
public interface IEventStore : IAsyncDisposable
{
    /// <summary>The logs.</summary>
    IJournal Journal { get; }

    /// <summary>The snapshots.</summary>
    ISnapshotStore Snapshots { get; }
}
