using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CacheMachine.Host.Tests.Adapters;

/// <summary>Kubernetes objects as JSON, in the shape that the client sends and reads.</summary>
internal static class KubernetesJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options) + "\n";

    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Options)!;

    /// <summary>The text of a golden file. With UPDATE_GOLDEN=1 in the environment, one that is missing is written.</summary>
    public static string Golden(string name, string actual)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder!.FullName, "Adapters/golden")))
            folder = folder.Parent;
        var path = Path.Combine(folder.FullName, "Adapters/golden", name);
        if (!File.Exists(path) && Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, actual);
        return File.ReadAllText(path);
    }
}
