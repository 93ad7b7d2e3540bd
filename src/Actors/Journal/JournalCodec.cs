using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace CacheMachine.Actors.Journal;

/// <summary>
/// What is stored of each event and snapshot: JSON, under a manifest with a version. A manifest once written is read for ever; an event
/// that changes its shape gets a new version and a reader of the old one.
/// </summary>
public sealed class JournalCodec : IPayloadSerializer
{
    /// <summary>Identifies this codec among serializers, in the tables too.</summary>
    public const int Identifier = 3113;

    private static readonly Dictionary<string, JsonTypeInfo> ByManifest = new(StringComparer.Ordinal)
    {
        ["machine-configured/2"] = JournalJson.Default.MachineConfigured,
        ["machine-deleted/2"] = JournalJson.Default.MachineDeleted,
        ["repo-list-changed/1"] = JournalJson.Default.RepoListChanged,
        ["pull-started/1"] = JournalJson.Default.PullStarted,
        ["pull-widened/1"] = JournalJson.Default.PullWidened,
        ["pull-ended/1"] = JournalJson.Default.PullEnded,
        ["evidence-ended/1"] = JournalJson.Default.EvidenceEnded,
        ["machine-record/2"] = JournalJson.Default.MachineRecord,
        ["machine-created/2"] = JournalJson.Default.MachineCreated,
        ["machine-removing/2"] = JournalJson.Default.MachineRemoving,
        ["machine-removed/1"] = JournalJson.Default.MachineRemoved,
    };

    /// <summary>Read and no longer written. Version 1 of these had a string <c>id</c>, which nothing needs any more, and no <c>generation</c>: it is 0, below all others.</summary>
    private static readonly Dictionary<string, JsonTypeInfo> Earlier = new(StringComparer.Ordinal)
    {
        ["machine-configured/1"] = JournalJson.Default.MachineConfigured,
        ["machine-deleted/1"] = JournalJson.Default.MachineDeleted,
        ["machine-record/1"] = JournalJson.Default.MachineRecord,
        ["machine-created/1"] = JournalJson.Default.MachineCreated,
        ["machine-removing/1"] = JournalJson.Default.MachineRemoving,
    };

    private static readonly Dictionary<Type, string> Manifests = ByManifest.ToDictionary(entry => entry.Value.Type, entry => entry.Key);

    /// <summary>Every manifest that is written.</summary>
    public static IReadOnlyCollection<string> WrittenManifests => ByManifest.Keys;

    /// <summary>Every type that is written.</summary>
    public static IEnumerable<Type> WrittenTypes => Manifests.Keys;

    /// <summary>Every manifest that is read: those written, and earlier ones.</summary>
    public static IReadOnlyCollection<string> KnownManifests => [.. ByManifest.Keys, .. Earlier.Keys];

    /// <inheritdoc/>
    public SerializedPayload Serialize(object payload)
    {
        if (!Manifests.TryGetValue(payload.GetType(), out var manifest))
            throw new NotSupportedException($"{payload.GetType().Name} has no manifest, so it cannot be stored");
        return new(Identifier, manifest, JsonSerializer.SerializeToUtf8Bytes(payload, ByManifest[manifest]));
    }

    /// <inheritdoc/>
    public object Deserialize(SerializedPayload payload)
    {
        if (payload.Identifier != Identifier || !(ByManifest.TryGetValue(payload.Manifest, out var type) || Earlier.TryGetValue(payload.Manifest, out type)))
            throw new UnknownManifestException(payload.Identifier, payload.Manifest);
        return JsonSerializer.Deserialize(payload.Bytes.Span, type)
            ?? throw new JsonException($"a stored {payload.Manifest} is null");
    }
}
