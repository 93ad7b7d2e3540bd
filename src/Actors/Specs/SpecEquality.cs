using System.Text.Json;
using System.Text.Json.Serialization;

namespace CacheMachine.Actors.Specs;

/// <summary>Two specs are the same when their JSON is.</summary>
public static class SpecEquality
{
    /// <summary>The same is asked of the machine.</summary>
    public static bool IsSameAs(this MachineSpec spec, MachineSpec other) =>
        JsonSerializer.Serialize(spec, SpecJson.Default.MachineSpec) == JsonSerializer.Serialize(other, SpecJson.Default.MachineSpec);

    /// <summary>The same is asked of the repository manager.</summary>
    public static bool IsSameAs(this RepoManSpec spec, RepoManSpec other) =>
        JsonSerializer.Serialize(spec, SpecJson.Default.RepoManSpec) == JsonSerializer.Serialize(other, SpecJson.Default.RepoManSpec);
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MachineSpec))]
[JsonSerializable(typeof(RepoManSpec))]
internal sealed partial class SpecJson : JsonSerializerContext;
