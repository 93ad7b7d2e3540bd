using System.Text.Json.Serialization.Metadata;

namespace CacheMachine.Actors.Serialization;

/// <summary>
/// What is stored of each event and snapshot: JSON, under a manifest with a version. A manifest once written is read for ever; an event
/// that changes its shape gets a new version and a reader of the old one.
/// </summary>
/// <param name="system">The actor system it works for.</param>
public sealed class JournalSerializer(ExtendedActorSystem? system) : ManifestSerializer(system, Id, ByManifest, Earlier)
{
    /// <summary>Tells this serializer from all others, also in the journal's tables.</summary>
    public const int Id = 3113;

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
        ["machine-register/1"] = JournalJson.Default.MachineRegister,
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

    /// <summary>Every manifest that is written.</summary>
    public static IReadOnlyCollection<string> WrittenManifests => ByManifest.Keys;

    /// <summary>Every type that is written.</summary>
    public static IEnumerable<Type> WrittenTypes => ByManifest.Values.Select(type => type.Type);

    /// <summary>Every manifest that is read: those written, and earlier ones.</summary>
    public static IReadOnlyCollection<string> KnownManifests => [.. ByManifest.Keys, .. Earlier.Keys];
}
