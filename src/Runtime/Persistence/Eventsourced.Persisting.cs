using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.Persistence;

public abstract partial class Eventsourced
{
    private List<PendingInvocation> _batch = [];
    private long _highestAssigned;
    private int _pendingPersists;
    private bool _writing;

    /// <summary>
    /// Stores an event, then calls <paramref name="handler"/> with it. Until then all commands wait, and the sender of the command is <c>Sender</c> again in the
    /// handler. The events of one command are written in one batch. Stands for <c>Eventsourced.Persist</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The actor is recovering.</exception>
    public void Persist<TEvent>(TEvent @event, Action<TEvent> handler)
        where TEvent : notnull => PersistAll([@event], handler);

    /// <summary>Stores events together or not at all, then calls <paramref name="handler"/> with each, in order. Stands for <c>Eventsourced.PersistAll</c>.</summary>
    /// <exception cref="InvalidOperationException">The actor is recovering.</exception>
    public void PersistAll<TEvent>(IEnumerable<TEvent> events, Action<TEvent> handler)
        where TEvent : notnull
    {
        ArgumentNullException.ThrowIfNull(events);
        ArgumentNullException.ThrowIfNull(handler);
        RequireRecovered();
        var group = new object();
        foreach (var @event in events)
        {
            _pendingPersists++;
            _batch.Add(new PendingInvocation(@event, o => handler((TEvent)o), Cell.CurrentEnvelope, ++_highestAssigned, group));
        }
    }

    private void RequireRecovered()
    {
        if (IsRecovering)
            throw new InvalidOperationException("Cannot persist during replay. Events can be persisted when receiving RecoveryCompleted or later.");
    }

    private void Flush()
    {
        if (_writing || _batch.Count == 0)
            return;
        _writing = true;
        var batch = _batch;
        _batch = [];
        _ = WriteAsync(batch, Serialize(batch), Self);
    }

    /// <summary>The entries to store. An event that cannot be serialized takes the others of its group with it.</summary>
    private List<JournalEntry> Serialize(List<PendingInvocation> batch)
    {
        var now = _time.GetUtcNow();
        var entries = new List<JournalEntry>(batch.Count);
        foreach (var group in batch.GroupBy(invocation => invocation.Group))
        {
            var before = entries.Count;
            try
            {
                foreach (var invocation in group)
                    entries.Add(new JournalEntry(invocation.SequenceNr, _extension.Serializer.Serialize(invocation.Event), now));
            }
            catch (Exception e)
            {
                entries.RemoveRange(before, entries.Count - before);
                foreach (var invocation in group)
                    invocation.Rejection = e;
            }
        }
        return entries;
    }

    private async Task WriteAsync(List<PendingInvocation> batch, List<JournalEntry> entries, IActorRef self)
    {
        Exception? failure = null;
        try
        {
            var result = entries.Count == 0 ? AppendResult.Stored.Instance : await _extension.AppendAsync(PersistenceId, entries).ConfigureAwait(false);
            if (result is AppendResult.Conflict conflict)
                failure = new SequenceNumberConflictException(PersistenceId, conflict);
            else if (result is AppendResult.Unavailable unavailable)
                Reject(batch, new JournalUnavailableException(PersistenceId, unavailable.Reason));
            else if (result is AppendResult.Rejected rejected)
                Reject(batch, new PersistenceException($"append to the journal of '{PersistenceId}': {rejected.Reason}. Nothing was stored."));
        }
        catch (Exception e)
        {
            failure = e;
        }
        self.Tell(new BatchEnded(_instanceId, batch, failure), ActorRefs.NoSender);
    }

    private static void Reject(List<PendingInvocation> batch, Exception cause)
    {
        foreach (var invocation in batch)
            invocation.Rejection ??= cause;
    }

    private void OnBatchEnded(BatchEnded ended)
    {
        if (ended.Failure is not null)
        {
            FailWrite(ended);
            return;
        }
        _writing = false;
        if (ended.IsFirst)
            FreeNumbers(ended.Batch);
        var done = 0;
        var succeeded = false;
        try
        {
            while (done < ended.Batch.Count)
                Complete(ended.Batch[done++]);
            succeeded = true;
        }
        finally
        {
            // After a callback that threw, the others run if the supervisor says resume; a restarted instance ignores them and recovers their events.
            if (done < ended.Batch.Count)
                Cell.Mailbox.Prepend([new(ended with { Batch = [.. ended.Batch.Skip(done)], IsFirst = false }, ActorRefs.NoSender)]);
            Continue(unstashAll: !succeeded);
        }
    }

    /// <summary>An outage of the storage uses up no numbers, so that gaps do not count as events when old ones are deleted.</summary>
    private void FreeNumbers(IReadOnlyList<PendingInvocation> batch)
    {
        if (_batch.Count == 0 && batch.All(invocation => invocation.Rejection is JournalUnavailableException))
            _highestAssigned = batch[0].SequenceNr - 1;
    }

    private void Complete(PendingInvocation invocation)
    {
        if (invocation.Rejection is not JournalUnavailableException)
            LastSequenceNr = invocation.SequenceNr;
        Cell.CurrentEnvelope = invocation.Origin;
        try
        {
            if (invocation.Rejection is { } rejection)
                OnPersistRejected(rejection, invocation.Event, invocation.SequenceNr);
            else
                invocation.Handler(invocation.Event);
        }
        finally
        {
            _pendingPersists--;
        }
    }

    private void FailWrite(BatchEnded ended)
    {
        var first = ended.Batch.First(invocation => invocation.Rejection is null);
        Cell.CurrentEnvelope = first.Origin;
        try
        {
            OnPersistFailure(ended.Failure!, first.Event, first.SequenceNr);
        }
        finally
        {
            StopFailed();
        }
    }
}
