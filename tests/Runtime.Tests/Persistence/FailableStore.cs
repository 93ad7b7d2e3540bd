using System.Collections.Concurrent;
using CacheMachine.Runtime.Persistence;

namespace CacheMachine.Runtime.Tests.Persistence;

/// <summary>A store in front of a real one that fails, rejects or delays on command, and remembers what it was asked.</summary>
internal sealed class FailableStore(IEventStore inner) : IEventStore, IJournal, ISnapshotStore
{
    private readonly ConcurrentQueue<Func<Task<AppendResult?>>> _appends = new();

    /// <summary>Every batch that actors asked to append, in order: persistence id and sequence numbers.</summary>
    public ConcurrentQueue<(string Id, long[] Numbers)> Batches { get; } = new();

    /// <summary>When set, every read of the journal fails with this.</summary>
    public Exception? ReadFailure { get; set; }

    /// <summary>When set, every saving and deleting fails with this.</summary>
    public Exception? MaintenanceFailure { get; set; }

    /// <summary>When set, reads wait for it.</summary>
    public Task ReadGate { get; set; } = Task.CompletedTask;

    public IJournal Journal => this;

    public ISnapshotStore Snapshots => this;

    /// <summary>The next append that has no order yet throws this and stores nothing.</summary>
    public void FailNext(Exception error) => _appends.Enqueue(() => Task.FromException<AppendResult?>(error));

    /// <summary>The next append that has no order yet is answered with this and stores nothing.</summary>
    public void AnswerNext(AppendResult answer) => _appends.Enqueue(() => Task.FromResult<AppendResult?>(answer));

    /// <summary>The next append that has no order yet begins when the source is completed.</summary>
    public TaskCompletionSource DelayNext()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _appends.Enqueue(async () =>
        {
            await gate.Task;
            return null;
        });
        return gate;
    }

    public async Task<AppendResult> AppendAsync(string persistenceId, IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken)
    {
        Batches.Enqueue((persistenceId, [.. entries.Select(entry => entry.SequenceNr)]));
        var ordered = _appends.TryDequeue(out var order) ? await order() : null;
        return ordered ?? await inner.Journal.AppendAsync(persistenceId, entries, cancellationToken);
    }

    public async Task<IReadOnlyList<JournalEntry>> ReadAsync(string persistenceId, long fromSequenceNr, long toSequenceNr, int max, CancellationToken cancellationToken)
    {
        await ReadGate;
        return ReadFailure is null ? await inner.Journal.ReadAsync(persistenceId, fromSequenceNr, toSequenceNr, max, cancellationToken) : throw ReadFailure;
    }

    public Task<long> HighestSequenceNrAsync(string persistenceId, CancellationToken cancellationToken) =>
        inner.Journal.HighestSequenceNrAsync(persistenceId, cancellationToken);

    public Task DeleteToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) =>
        MaintenanceFailure is null ? inner.Journal.DeleteToAsync(persistenceId, toSequenceNr, cancellationToken) : Task.FromException(MaintenanceFailure);

    public Task SaveAsync(SnapshotMetadata metadata, SerializedPayload payload, CancellationToken cancellationToken) =>
        MaintenanceFailure is null ? inner.Snapshots.SaveAsync(metadata, payload, cancellationToken) : Task.FromException(MaintenanceFailure);

    public Task<StoredSnapshot?> LoadLatestAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        inner.Snapshots.LoadLatestAsync(persistenceId, criteria, cancellationToken);

    public Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        MaintenanceFailure is null ? inner.Snapshots.DeleteAsync(persistenceId, criteria, cancellationToken) : Task.FromException(MaintenanceFailure);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
