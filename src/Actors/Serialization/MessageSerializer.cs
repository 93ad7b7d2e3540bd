using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;

namespace CacheMachine.Actors.Serialization;

/// <summary>
/// What travels between replicas: JSON, under a manifest with a version. During a rolling upgrade two releases talk to each other, so a release
/// reads all manifests of the one before it, and writes only those that the one before it reads.
/// </summary>
/// <param name="system">The actor system it works for.</param>
public sealed class MessageSerializer(ExtendedActorSystem? system)
    : ManifestSerializer(system, Id, ByManifest, ImmutableDictionary<string, JsonTypeInfo>.Empty)
{
    /// <summary>Tells this serializer from all others.</summary>
    public const int Id = 3114;

    private static readonly Dictionary<string, JsonTypeInfo> ByManifest = new(StringComparer.Ordinal)
    {
        // For the supervisor.
        ["create-machine/1"] = MessageJson.Default.CreateMachine,
        ["remove-machine/1"] = MessageJson.Default.RemoveMachine,
        ["list-machines/1"] = MessageJson.Default.ListMachines,
        // For a machine.
        ["configure-machine/1"] = MessageJson.Default.ConfigureMachine,
        ["delete-machine/1"] = MessageJson.Default.DeleteMachine,
        ["get-machine/1"] = MessageJson.Default.GetMachine,
        ["get-machine-images/1"] = MessageJson.Default.GetMachineImages,
        // Answers.
        ["machine-names/1"] = MessageJson.Default.MachineNames,
        ["machine-status/1"] = MessageJson.Default.MachineStatus,
        ["machine-images/1"] = MessageJson.Default.MachineImages,
        ["machine-not-found/1"] = MessageJson.Default.MachineNotFound,
        ["too-many-machines/1"] = MessageJson.Default.TooManyMachines,
        ["machine-gone/1"] = MessageJson.Default.MachineGone,
        ["not-stored/1"] = MessageJson.Default.NotStored,
        ["not-seen-yet/1"] = MessageJson.Default.NotSeenYet,
        // What every replica keeps of answers.
        ["read-copy/1"] = MessageJson.Default.ReadCopy,
    };

    /// <summary>Every manifest that is read.</summary>
    public static IReadOnlyCollection<string> KnownManifests => ByManifest.Keys;

    /// <summary>Every type that is written.</summary>
    public static IEnumerable<Type> KnownTypes => ByManifest.Values.Select(type => type.Type);
}
