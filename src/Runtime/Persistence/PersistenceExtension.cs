using System.Collections.Concurrent;

namespace CacheMachine.Runtime.Persistence;

/// <summary>
/// What the persistent actors of one system share: the database and the serializer. Stands for Akka.NET's <c>Akka.Persistence.PersistenceExtension</c>.
/// The store belongs to the one who opened it: it is to be disposed after the system has terminated.
/// </summary>
public sealed class PersistenceExtension
{
    private readonly ConcurrentDictionary<string, Task> _writes = new(StringComparer.Ordinal);

    internal PersistenceExtension(IEventStore store, IPayloadSerializer serializer)
    {
        Store = store;
        Serializer = serializer;
    }

    /// <summary>The journal and the snapshots.</summary>
    internal IEventStore Store { get; }

    /// <summary>The application's serializer.</summary>
    internal IPayloadSerializer Serializer { get; }

    internal async Task<AppendResult> AppendAsync(string persistenceId, IReadOnlyList<JournalEntry> entries)
    {
        var write = Store.Journal.AppendAsync(persistenceId, entries);
        var known = _writes.AddOrUpdate(persistenceId, write, (_, earlier) => Task.WhenAll(earlier, write));
        try
        {
            return await write.ConfigureAwait(false);
        }
        finally
        {
            _writes.TryRemove(KeyValuePair.Create(persistenceId, known));
        }
    }

    /// <summary>
    /// Completes when the writes have ended that an earlier incarnation of the actor left behind: what it had asked to store when it stopped or failed is
    /// either in the journal or not when its successor begins to read. How they ended was told to the one who asked.
    /// </summary>
    internal Task WhenWritesEndAsync(string persistenceId) =>
        _writes.TryGetValue(persistenceId, out var write)
            ? write.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default)
            : Task.CompletedTask;
}
