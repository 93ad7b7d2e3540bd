using System.Text.Json.Serialization.Metadata;

namespace CacheMachine.Actors.Journal;

/// <summary>
/// What is stored of each event and snapshot: JSON, under a manifest with a version. A manifest once written is read for ever; an event
/// that changes its shape gets a new version and a reader of the old one.
/// </summary>
public sealed class JournalCodec() : ManifestCodec(Identifier, ByManifest, "stored")
{
    /// <summary>Identifies this codec among serializers, in the tables too.</summary>
    public const int Identifier = 3113;

    private static readonly Dictionary<string, JsonTypeInfo> ByManifest = new(StringComparer.Ordinal)
    {
        ["machine-configured/1"] = JournalJson.Default.MachineConfigured,
        ["machine-deleted/1"] = JournalJson.Default.MachineDeleted,
        ["repo-list-changed/1"] = JournalJson.Default.RepoListChanged,
        ["pull-started/1"] = JournalJson.Default.PullStarted,
        ["pull-widened/1"] = JournalJson.Default.PullWidened,
        ["pull-ended/1"] = JournalJson.Default.PullEnded,
        ["evidence-ended/1"] = JournalJson.Default.EvidenceEnded,
        ["machine-record/1"] = JournalJson.Default.MachineRecord,
        ["machine-created/1"] = JournalJson.Default.MachineCreated,
        ["machine-removing/1"] = JournalJson.Default.MachineRemoving,
        ["machine-removed/1"] = JournalJson.Default.MachineRemoved,
    };

    /// <summary>Every manifest that is read.</summary>
    public static IReadOnlyCollection<string> KnownManifests => ByManifest.Keys;
}
