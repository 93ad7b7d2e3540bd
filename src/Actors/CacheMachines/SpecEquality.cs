using System.Text.Json;
using CacheMachine.Actors.Serialization;

namespace CacheMachine.Actors.CacheMachines;

/// <summary>Two specs are the same when they are stored the same.</summary>
public static class SpecEquality
{
    /// <summary>The same is asked of the machine.</summary>
    public static bool IsSameAs(this MachineSpec spec, MachineSpec other) =>
        JsonSerializer.Serialize(spec, JournalJson.Default.MachineSpec) == JsonSerializer.Serialize(other, JournalJson.Default.MachineSpec);

    /// <summary>The same is asked of the repository manager.</summary>
    public static bool IsSameAs(this RepoManSpec spec, RepoManSpec other) =>
        JsonSerializer.Serialize(spec, JournalJson.Default.RepoManSpec) == JsonSerializer.Serialize(other, JournalJson.Default.RepoManSpec);
}
