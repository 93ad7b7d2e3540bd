using System.Collections.Concurrent;
using Akka.Configuration;
using Akka.Hosting;
using CacheMachine.Actors.Serialization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace CacheMachine.Actors.Tests.Doubles;

/// <summary>Akka.Persistence.Sql's journal, watched: what is written is remembered, and reads and writes of single actors are held on command.</summary>
internal sealed class WatchedStore : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<string, WatchedStore> Stores = new(StringComparer.Ordinal);

    private readonly string _name = Guid.NewGuid().ToString("N");
    private readonly string _connection;
    private readonly string? _own;
    private int _recoveries;
    private readonly ConcurrentDictionary<string, Task> _reads = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task> _writes = new(StringComparer.Ordinal);

    private WatchedStore(string? path)
    {
        _own = path is null ? Path.GetTempFileName() : null;
        _connection = new SqliteConnectionStringBuilder { DataSource = path ?? _own, Pooling = false }.ToString();
        Stores[_name] = this;
    }

    /// <summary>Persistence id and manifest of every event that was to be appended, in order.</summary>
    public ConcurrentQueue<(string Id, string Manifest)> Written { get; } = new();

    /// <summary>Why nothing can be written; null: it can.</summary>
    public string? RefusesWrites { get; set; }

    /// <summary>Why nothing can be read; null: it can.</summary>
    public string? RefusesReads { get; set; }

    /// <summary>How many persistent actors began to recover.</summary>
    public int Recoveries => Volatile.Read(ref _recoveries);

    /// <summary>The persistence of an actor system that writes here.</summary>
    public Config Config => ConfigurationFactory.ParseString($$"""
        akka.persistence.journal.plugin = akka.persistence.journal.watched
        akka.persistence.snapshot-store.plugin = akka.persistence.snapshot-store.sql
        akka.persistence.journal.watched {
          class = "{{typeof(Gate).AssemblyQualifiedName}}"
          store = {{_name}}
        }
        akka.persistence.journal.sql {
          provider-name = SQLite.MS
          connection-string = "{{_connection}}"
        }
        akka.persistence.snapshot-store.sql {
          provider-name = SQLite.MS
          connection-string = "{{_connection}}"
        }
        """).WithFallback(Akka.Persistence.Sql.SqlPersistence.DefaultConfiguration);

    /// <summary>Opens it.</summary>
    /// <param name="path">The file; null for one that ends with the store.</param>
    public static Task<WatchedStore> OpenAsync(string? path) => Task.FromResult(new WatchedStore(path));

    /// <summary>The actor's recovery waits until the source is completed.</summary>
    public TaskCompletionSource HoldReads(string persistenceId) => Hold(_reads, persistenceId);

    /// <summary>What the actor persists waits until the source is completed.</summary>
    public TaskCompletionSource HoldWrites(string persistenceId) => Hold(_writes, persistenceId);

    /// <summary>Writes an event as the actor would, while no actor runs.</summary>
    public async Task RecordAsync(string persistenceId, long number, object e, DateTimeOffset at)
    {
        using var host = ServiceSystem.Start(akka => akka.AddHocon(Config, HoconAddMode.Prepend));
        var system = host.Services.GetRequiredService<ActorSystem>();
        var recorded = await system.ActorOf(Props.Create(() => new Recorder(persistenceId))).Ask<long>(e, MachineService.Patience);
        await system.Terminate();
        if (recorded != number)
            throw new InvalidOperationException($"event {number} of {persistenceId} was recorded as number {recorded}");
    }

    /// <summary>The actor's events, in order.</summary>
    public async Task<IReadOnlyList<object>> EventsAsync(string persistenceId) => [.. (await RowsAsync(
        "SELECT identifier, manifest, message, sequence_number FROM journal WHERE persistence_id = $id AND deleted = 0 ORDER BY sequence_number", persistenceId)).Select(row => row.Payload)];

    /// <summary>The actor's last snapshot and its number; null where there is none.</summary>
    public async Task<(object Snapshot, long At)?> SnapshotAsync(string persistenceId) => (await RowsAsync(
        "SELECT serializer_id, manifest, snapshot, sequence_number FROM snapshot WHERE persistence_id = $id ORDER BY sequence_number DESC LIMIT 1", persistenceId))
        is [var last] ? last : null;

    public ValueTask DisposeAsync()
    {
        Stores.TryRemove(_name, out _);
        if (_own is not null)
            File.Delete(_own);
        return default;
    }

    private async Task<List<(object Payload, long Number)>> RowsAsync(string query, string persistenceId)
    {
        await using var connection = new SqliteConnection(_connection);
        await connection.OpenAsync();
        await using var command = new SqliteCommand(query, connection);
        command.Parameters.AddWithValue("$id", persistenceId);
        await using var rows = await command.ExecuteReaderAsync();
        var payloads = new List<(object, long)>();
        while (await rows.ReadAsync())
            payloads.Add((new JournalSerializer(null).FromBinary(rows.GetFieldValue<byte[]>(2), rows.GetString(1)), rows.GetInt64(3)));
        return payloads;
    }

    private static TaskCompletionSource Hold(ConcurrentDictionary<string, Task> gates, string persistenceId)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        gates[persistenceId] = gate.Task;
        return gate;
    }

    /// <summary>Stands before the journal as its plugin, and lets everything through that is not held.</summary>
    internal sealed class Gate : ReceiveActor
    {
        public Gate(Config config)
        {
            var store = Stores[config.GetString("store")];
            var journal = Persistence.Instance.Apply(Context.System).JournalFor("akka.persistence.journal.sql");
            Receive<WriteMessages>(m =>
            {
                var writes = m.Messages.OfType<AtomicWrite>().ToList();
                if (store.RefusesWrites is { } why)
                {
                    m.PersistentActor.Tell(new WriteMessagesFailed(new IOException(why), writes.Count));
                    foreach (var e in writes.SelectMany(write => (IEnumerable<IPersistentRepresentation>)write.Payload))
                        m.PersistentActor.Tell(new WriteMessageFailure(e, new IOException(why), m.ActorInstanceId), e.Sender);
                }
                else if (writes is not [var first, ..] || !IsHeld(store._writes, first.PersistenceId, m))
                {
                    foreach (var e in writes.SelectMany(write => (IEnumerable<IPersistentRepresentation>)write.Payload))
                        store.Written.Enqueue((e.PersistenceId, new JournalSerializer(null).Manifest(e.Payload)));
                    journal.Forward(m);
                }
            });
            Receive<ReplayMessages>(m =>
            {
                Interlocked.Increment(ref store._recoveries);
                if (store.RefusesReads is { } why)
                    m.PersistentActor.Tell(new ReplayMessagesFailure(new IOException(why)));
                else if (!IsHeld(store._reads, m.PersistenceId, m))
                    journal.Forward(m);
            });
            ReceiveAny(journal.Forward);
        }

        private static bool IsHeld(ConcurrentDictionary<string, Task> gates, string persistenceId, object message)
        {
            if (gates.GetValueOrDefault(persistenceId, Task.CompletedTask) is not { IsCompleted: false } gate)
                return false;
            gate.PipeTo(Context.Self, Context.Sender, success: () => message);
            return true;
        }
    }

    private sealed class Recorder : ReceivePersistentActor
    {
        public Recorder(string persistenceId)
        {
            PersistenceId = persistenceId;
            RecoverAny(_ => { });
            CommandAny(e => Persist(e, _ => Sender.Tell(LastSequenceNr)));
        }

        public override string PersistenceId { get; }
    }
}
