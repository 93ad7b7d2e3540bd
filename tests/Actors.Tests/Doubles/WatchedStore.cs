using System.Collections.Concurrent;
using Akka.Configuration;
using Akka.Hosting;
using CacheMachine.Actors.Serialization;
using Microsoft.Extensions.DependencyInjection;

namespace CacheMachine.Actors.Tests.Doubles;

/// <summary>Akka.Persistence.Sql's journal, watched: what is written is remembered, and reads and writes of single actors are held on command.</summary>
internal sealed class WatchedStore : IDisposable
{
    private static readonly ConcurrentDictionary<string, WatchedStore> Stores = new(StringComparer.Ordinal);

    private readonly string _name = Guid.NewGuid().ToString("N");
    private readonly string? _own;
    private int _recoveries;
    private readonly ConcurrentDictionary<string, Task> _reads = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task> _writes = new(StringComparer.Ordinal);

    /// <param name="tables">Where it stores; null: in a file that ends with the store.</param>
    public WatchedStore(JournalTables? tables)
    {
        _own = tables is null ? Path.GetTempFileName() : null;
        Tables = tables ?? JournalTables.Sqlite(_own!);
        Stores[_name] = this;
    }

    /// <summary>Where it stores.</summary>
    public JournalTables Tables { get; }

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
          provider-name = "{{Tables.Provider}}"
          connection-string = "{{Tables.ConnectionString}}"
        }
        akka.persistence.snapshot-store.sql {
          provider-name = "{{Tables.Provider}}"
          connection-string = "{{Tables.ConnectionString}}"
        }
        """).WithFallback(Akka.Persistence.Sql.SqlPersistence.DefaultConfiguration);

    /// <summary>The actor's recovery waits until the source is completed.</summary>
    public TaskCompletionSource HoldReads(string persistenceId) => Hold(_reads, persistenceId);

    /// <summary>What the actor persists waits until the source is completed.</summary>
    public TaskCompletionSource HoldWrites(string persistenceId) => Hold(_writes, persistenceId);

    /// <summary>Writes events as the actor would, while no actor runs.</summary>
    /// <returns>The number of the last one.</returns>
    public async Task<long> RecordAsync(string persistenceId, params IEnumerable<object> events)
    {
        using var host = ServiceSystem.Start(akka => akka.AddHocon(Config, HoconAddMode.Prepend));
        var system = host.Services.GetRequiredService<ActorSystem>();
        var recorder = system.ActorOf(Props.Create(() => new Recorder(persistenceId)));
        var last = 0L;
        foreach (var some in events.Chunk(500))
            last = await recorder.Ask<long>(some, MachineService.Patience);
        await system.Terminate();
        return last;
    }

    public void Dispose()
    {
        Stores.TryRemove(_name, out _);
        if (_own is not null)
            File.Delete(_own);
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
            Command<object[]>(events =>
            {
                PersistAll(events, _ => { });
                DeferAsync(events, _ => Sender.Tell(LastSequenceNr));
            });
        }

        public override string PersistenceId { get; }
    }
}
