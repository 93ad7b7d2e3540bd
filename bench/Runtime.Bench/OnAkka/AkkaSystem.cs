using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence.Sql;
using Akka.Serialization;
using CacheMachine.Runtime.Bench.Cases;
using Microsoft.Data.Sqlite;

namespace CacheMachine.Runtime.Bench.OnAkka;

/// <summary>Akka.NET as it comes: its own defaults, and its log silent.</summary>
internal static class AkkaSystem
{
    private const string Silent = "akka.loglevel = ERROR\nakka.stdout-loglevel = ERROR";

    public static ActorSystem Create() => ActorSystem.Create("bench", ConfigurationFactory.ParseString(Silent));

    /// <summary>With Akka.Persistence.Sql on a SQLite file, and the event of the persistence rows.</summary>
    public static ActorSystem Create(string path)
    {
        UseWriteAheadLog(path);
        var config = ConfigurationFactory.ParseString($$"""
            {{Silent}}
            akka.persistence.journal.plugin = akka.persistence.journal.sql
            akka.persistence.snapshot-store.plugin = akka.persistence.snapshot-store.sql
            akka.persistence.journal.sql { provider-name = SQLite.MS, connection-string = "Data Source={{path}}" }
            akka.persistence.snapshot-store.sql { provider-name = SQLite.MS, connection-string = "Data Source={{path}}" }
            """).WithFallback(SqlPersistence.DefaultConfiguration);
        var serializers = SerializationSetup.Create(system =>
            [SerializerDetails.Create("bench", new AccountOnAkka(system), [typeof(Deposited)])]);
        return ActorSystem.Create("bench", BootstrapSetup.Create().WithConfig(config).And(serializers));
    }

    // As the service does it; the file keeps it.
    private static void UseWriteAheadLog(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path}");
        connection.Open();
        using var command = new SqliteCommand("PRAGMA journal_mode=WAL", connection);
        command.ExecuteScalar();
    }

    /// <summary><see cref="AccountSerializer"/> on Akka.NET.</summary>
    private sealed class AccountOnAkka(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        private readonly AccountSerializer _codec = new();

        public override int Identifier => AccountSerializer.Identifier;

        public override string Manifest(object o) => AccountSerializer.Manifest;

        public override byte[] ToBinary(object obj) => _codec.Serialize(obj).Bytes.ToArray();

        public override object FromBinary(byte[] bytes, string manifest) => _codec.Deserialize(new SerializedPayload(Identifier, manifest, bytes));
    }
}
