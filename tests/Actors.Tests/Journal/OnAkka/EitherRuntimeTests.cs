using System.Globalization;
using Akka.Configuration;
using CacheMachine.Actors.CacheMachines;
using CacheMachine.Actors.Journal;
using CacheMachine.Actors.Tests.Doubles;
using CacheMachine.Runtime.Persistence.Postgres;
using CacheMachine.Runtime.Persistence.Sqlite;
using CacheMachine.Runtime.TestKit;
using Microsoft.Data.Sqlite;
using Xunit;
using BuiltIn = CacheMachine.Runtime.Persistence;

namespace CacheMachine.Actors.Tests.Journal.OnAkka;

/// <summary>A database that one runtime has written is read and gone on with by the other: here are both in one process.</summary>
public abstract class EitherRuntimeTests
{
    private const string Id = "cachemachine-jupyter";

    private static readonly DateTimeOffset At = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly JournalCodec _codec = new();

    /// <summary>For Akka.Persistence.Sql.</summary>
    private protected abstract (string Provider, string ConnectionString) Database { get; }

    private protected abstract Task<BuiltIn.IEventStore> OpenAsync();

    [Fact]
    public async Task Akka_recovers_the_events_that_the_built_in_runtime_has_stored()
    {
        await OnBuiltIn(store => store.Journal.AppendAsync(Id, [.. Events().Select((e, i) => new BuiltIn.JournalEntry(i + 1, _codec.Serialize(e), At))]));

        var recovered = await OnAkka(actor => actor.Ask<Recovered>(Report.Instance, MachineService.Patience));

        Assert.Null(recovered.Snapshot);
        Assert.Equal(Events().Length, recovered.LastSequenceNr);
        AreEqual(Events(), recovered.Events);
    }

    [Fact]
    public async Task Akka_recovers_the_snapshot_that_the_built_in_runtime_has_taken_and_the_events_after_it()
    {
        await OnBuiltIn(async store =>
        {
            await store.Journal.AppendAsync(Id, [.. Events().Select((e, i) => new BuiltIn.JournalEntry(i + 1, _codec.Serialize(e), At))]);
            await store.Snapshots.SaveAsync(new BuiltIn.SnapshotMetadata(Id, 2, At.UtcDateTime), _codec.Serialize(Record()));
            return 0;
        });

        var recovered = await OnAkka(actor => actor.Ask<Recovered>(Report.Instance, MachineService.Patience));

        AreEqual([Record()], [recovered.Snapshot!]);
        AreEqual(Events()[2..], recovered.Events);
    }

    [Fact]
    public async Task The_built_in_runtime_reads_what_Akka_has_stored()
    {
        await OnAkka(async actor =>
        {
            foreach (var e in Events())
                await actor.Ask<long>(e, MachineService.Patience);
            return await actor.Ask<SaveSnapshotSuccess>(new Save(Record()), MachineService.Patience);
        });

        await OnBuiltIn(async store =>
        {
            Assert.Equal(Events().Length, await store.Journal.HighestSequenceNrAsync(Id));
            var entries = await store.Journal.ReadAsync(Id, 1, long.MaxValue, 1000);
            Assert.Equal(Enumerable.Range(1, Events().Length).Select(number => (long)number), entries.Select(entry => entry.SequenceNr));
            AreEqual(Events(), [.. entries.Select(entry => _codec.Deserialize(entry.Payload))]);
            Assert.All(entries, entry => Assert.InRange(entry.Created, TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1), TimeProvider.System.GetUtcNow()));
            var snapshot = await store.Snapshots.LoadLatestAsync(Id, BuiltIn.SnapshotSelectionCriteria.Latest);
            Assert.Equal(Events().Length, snapshot!.Metadata.SequenceNr);
            AreEqual([Record()], [_codec.Deserialize(snapshot.Payload)]);
            return 0;
        });
    }

    [Fact]
    public async Task They_take_turns_on_one_log()
    {
        var events = Events();
        for (var i = 0; i < events.Length; i++)
        {
            var (number, e) = (i + 1, events[i]);
            if (i % 2 == 0)
                Assert.Equal(number, await OnAkka(actor => actor.Ask<long>(e, MachineService.Patience)));
            else
                Assert.IsType<BuiltIn.AppendResult.Stored>(
                    await OnBuiltIn(store => store.Journal.AppendAsync(Id, [new BuiltIn.JournalEntry(number, _codec.Serialize(e), At)])));
        }

        AreEqual(events, (await OnAkka(actor => actor.Ask<Recovered>(Report.Instance, MachineService.Patience))).Events);
    }

    [Fact]
    public async Task An_owner_on_Akka_that_does_not_know_of_the_other_runtimes_event_is_refused() => await OnAkka(async actor =>
    {
        await actor.Ask<long>(Events()[0], MachineService.Patience);
        await OnBuiltIn(store => store.Journal.AppendAsync(Id, [new BuiltIn.JournalEntry(2, _codec.Serialize(Events()[1]), At)]));

        var refused = await actor.Ask<Refused>(Events()[2], MachineService.Patience);

        Assert.Equal(2, refused.Number);
        return 0;
    });

    private static IMachineEvent[] Events() =>
        [.. JournalCodec.WrittenManifests.Order(StringComparer.Ordinal).Select(Stored.Of).OfType<IMachineEvent>()];

    private static MachineRecord Record() => JournalCodec.WrittenManifests.Select(Stored.Of).OfType<MachineRecord>().Single();

    private void AreEqual(IReadOnlyList<object> expected, IReadOnlyList<object> actual) => Assert.Equal(expected.Select(Text), actual.Select(Text));

    private string Text(object payload)
    {
        var serialized = _codec.Serialize(payload);
        return string.Create(CultureInfo.InvariantCulture, $"{serialized.Manifest} {System.Text.Encoding.UTF8.GetString(serialized.Bytes.Span)}");
    }

    private async Task<T> OnBuiltIn<T>(Func<BuiltIn.IEventStore, Task<T>> use)
    {
        await using var store = await OpenAsync();
        return await use(store);
    }

    private async Task<T> OnAkka<T>(Func<IActorRef, Task<T>> use)
    {
        var system = ServiceSystem.Create(ConfigurationFactory.ParseString($$"""
            akka.persistence.journal.plugin = akka.persistence.journal.sql
            akka.persistence.snapshot-store.plugin = akka.persistence.snapshot-store.sql
            akka.persistence.journal.sql { provider-name = {{Database.Provider}}, connection-string = "{{Database.ConnectionString}}" }
            akka.persistence.snapshot-store.sql { provider-name = {{Database.Provider}}, connection-string = "{{Database.ConnectionString}}" }
            """).WithFallback(Akka.Persistence.Sql.SqlPersistence.DefaultConfiguration));
        try
        {
            return await use(system.ActorOf(Props.Create(() => new Owner())));
        }
        finally
        {
            await system.Terminate();
        }
    }

    private sealed record Report
    {
        public static Report Instance { get; } = new();
    }

    private sealed record Recovered(object? Snapshot, IReadOnlyList<object> Events, long LastSequenceNr);

    private sealed record Save(object Snapshot);

    private sealed record Refused(long Number);

    private sealed class Owner : ReceivePersistentActor
    {
        private readonly List<object> _events = [];
        private object? _snapshot;
        private IActorRef _asker = ActorRefs.Nobody;

        public Owner()
        {
            Recover<SnapshotOffer>(offer => _snapshot = offer.Snapshot);
            Recover<IMachineEvent>(_events.Add);
            Command<Report>(_ => Sender.Tell(new Recovered(_snapshot, [.. _events], LastSequenceNr)));
            Command<IMachineEvent>(e =>
            {
                _asker = Sender;
                Persist(e, _ => Sender.Tell(LastSequenceNr));
            });
            Command<Save>(m =>
            {
                _asker = Sender;
                SaveSnapshot(m.Snapshot);
            });
            Command<SaveSnapshotSuccess>(m => _asker.Tell(m));
        }

        public override string PersistenceId => Id;

        protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => _asker.Tell(new Refused(sequenceNr));
    }
}

public sealed class EitherRuntimeOnSqliteTests : EitherRuntimeTests, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cachemachine-either-");

    private protected override (string Provider, string ConnectionString) Database => ("SQLite.MS", $"Data Source={Path.Combine(_folder.FullName, "either.db")}");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    private protected override async Task<BuiltIn.IEventStore> OpenAsync() =>
        await SqliteEventStore.OpenAsync(new SqliteStoreOptions(Path.Combine(_folder.FullName, "either.db")));
}

[Trait("Category", "Postgres")]
public sealed class EitherRuntimeOnPostgresTests : EitherRuntimeTests, IAsyncLifetime
{
    private PostgresDatabase _database = null!;

    private protected override (string Provider, string ConnectionString) Database => ("PostgreSQL.9.5", _database.ConnectionString);

    public async Task InitializeAsync() => _database = await PostgresDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    private protected override async Task<BuiltIn.IEventStore> OpenAsync() => await PostgresEventStore.OpenAsync(new PostgresStoreOptions(_database.ConnectionString));
}
