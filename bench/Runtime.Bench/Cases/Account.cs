using System.Text.Json;
using System.Text.Json.Serialization;
using CacheMachine.Runtime.Persistence;

namespace CacheMachine.Runtime.Bench.Cases;

/// <summary>The event of the persistence rows.</summary>
/// <param name="Amount">Of this deposit.</param>
/// <param name="Reference">So that the payload is as long as a usual event, some 100 bytes.</param>
internal sealed record Deposited(long Amount, string Reference)
{
    public static Deposited One { get; } = new(1, "a reference of some length, as events in this service have: names, digests, times");
}

/// <summary>Asks for one event to be stored.</summary>
/// <param name="Stored">Is signalled when it is.</param>
internal sealed record Deposit(Countdown Stored);

[JsonSerializable(typeof(Deposited))]
internal sealed partial class AccountJson : JsonSerializerContext;

/// <summary>Writes and reads <see cref="Deposited"/>; the peers use it too.</summary>
internal sealed class AccountSerializer : IPayloadSerializer
{
    public const int Identifier = 4712;

    public const string Manifest = "deposited/1";

    public SerializedPayload Serialize(object payload) =>
        new(Identifier, Manifest, JsonSerializer.SerializeToUtf8Bytes((Deposited)payload, AccountJson.Default.Deposited));

    public object Deserialize(SerializedPayload payload) => payload.Manifest == Manifest
        ? Read(payload.Bytes.Span)
        : throw new UnknownManifestException(payload.Identifier, payload.Manifest);

    public static Deposited Read(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, AccountJson.Default.Deposited) ?? throw new JsonException("a stored deposit is null");
}

/// <summary>Adds deposits up.</summary>
internal sealed class AccountActor : ReceivePersistentActor
{
    private long _balance;

    /// <param name="id">Name of its log.</param>
    /// <param name="recovered">Gets the balance after recovery; null where nobody wants it.</param>
    public AccountActor(string id, TaskCompletionSource<long>? recovered)
    {
        PersistenceId = id;
        Recover<Deposited>(e => _balance += e.Amount);
        Recover<RecoveryCompleted>(_ => recovered?.SetResult(_balance));
        Command<Deposit>(m => Persist(Deposited.One, e =>
        {
            _balance += e.Amount;
            m.Stored.Signal();
        }));
    }

    public override string PersistenceId { get; }
}
