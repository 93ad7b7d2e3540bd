using System.Collections.Concurrent;
using CacheMachine.Actors.Journal;
using CacheMachine.Runtime.Persistence.Sqlite;

namespace CacheMachine.Actors.Tests.Doubles;

/// <summary>A store in front of a real one that remembers what is written, and holds reads and writes of single actors on command.</summary>
internal sealed class WatchedStore(IEventStore inner) : IEventStore, IJournal, ISnapshotStore
{
    private readonly ConcurrentDictionary<string, Task> _reads = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task> _writes = new(StringComparer.Ordinal);

    private int _refused;

    /// <summary>Persistence id and manifest of every event that was appended, in order.</summary>
    public ConcurrentQueue<(string Id, string Manifest)> Written { get; } = new();

    /// <summary>While it is set, nothing can be stored, for this reason.</summary>
    public string? Outage { get; set; }

    /// <summary>Whose log the outage is of; null: of all.</summary>
    public string? OutageOf { get; set; }

    /// <summary>How often an append was refused because of <see cref="Outage"/>.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Opens it.</summary>
    /// <param name="path">The file; null for a database in memory.</param>
    public static async Task<WatchedStore> OpenAsync(string? path) =>
        new(await SqliteEventStore.OpenAsync(path is null ? SqliteStoreOptions.InMemory : new SqliteStoreOptions(path)));

    /// <summary>Writes an event as the actor would, while no actor runs.</summary>
    public async Task RecordAsync(string persistenceId, long number, object e, DateTimeOffset at)
    {
        if (await AppendAsync(persistenceId, [new JournalEntry(number, new JournalCodec().Serialize(e), at)], default) is not AppendResult.Stored)
            throw new InvalidOperationException($"event {number} of {persistenceId} was not taken");
    }

    /// <summary>The actor's events, in order.</summary>
    public async Task<IReadOnlyList<object>> EventsAsync(string persistenceId) =>
        [.. (await ReadAsync(persistenceId, 1, long.MaxValue, 1000, default)).Select(entry => new JournalCodec().Deserialize(entry.Payload))];

    /// <summary>The actor's last snapshot and its number; null where there is none.</summary>
    public async Task<(object Snapshot, long At)?> SnapshotAsync(string persistenceId) =>
        await LoadLatestAsync(persistenceId, SnapshotSelectionCriteria.Latest, default) is { } stored
            ? (new JournalCodec().Deserialize(stored.Payload), stored.Metadata.SequenceNr)
            : null;

    public IJournal Journal => this;

    public ISnapshotStore Snapshots => this;

    /// <summary>The actor's recovery waits until the source is completed.</summary>
    public TaskCompletionSource HoldReads(string persistenceId) => Hold(_reads, persistenceId);

    /// <summary>What the actor persists waits until the source is completed.</summary>
    public TaskCompletionSource HoldWrites(string persistenceId) => Hold(_writes, persistenceId);

    public async Task<AppendResult> AppendAsync(string persistenceId, IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken)
    {
        await _writes.GetValueOrDefault(persistenceId, Task.CompletedTask);
        if (Outage is { } outage && (OutageOf ?? persistenceId) == persistenceId)
        {
            Interlocked.Increment(ref _refused);
            return new AppendResult.Unavailable(outage);
        }
        foreach (var entry in entries)
            Written.Enqueue((persistenceId, entry.Payload.Manifest));
        return await inner.Journal.AppendAsync(persistenceId, entries, cancellationToken);
    }

    public async Task<IReadOnlyList<JournalEntry>> ReadAsync(string persistenceId, long fromSequenceNr, long toSequenceNr, int max, CancellationToken cancellationToken)
    {
        await _reads.GetValueOrDefault(persistenceId, Task.CompletedTask);
        return await inner.Journal.ReadAsync(persistenceId, fromSequenceNr, toSequenceNr, max, cancellationToken);
    }

    public async Task<long> HighestSequenceNrAsync(string persistenceId, CancellationToken cancellationToken)
    {
        await _reads.GetValueOrDefault(persistenceId, Task.CompletedTask);
        return await inner.Journal.HighestSequenceNrAsync(persistenceId, cancellationToken);
    }

    public Task DeleteToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) =>
        inner.Journal.DeleteToAsync(persistenceId, toSequenceNr, cancellationToken);

    public Task SaveAsync(SnapshotMetadata metadata, SerializedPayload payload, CancellationToken cancellationToken) =>
        inner.Snapshots.SaveAsync(metadata, payload, cancellationToken);

    public Task<StoredSnapshot?> LoadLatestAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        inner.Snapshots.LoadLatestAsync(persistenceId, criteria, cancellationToken);

    public Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        inner.Snapshots.DeleteAsync(persistenceId, criteria, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static TaskCompletionSource Hold(ConcurrentDictionary<string, Task> gates, string persistenceId)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        gates[persistenceId] = gate.Task;
        return gate;
    }
}
