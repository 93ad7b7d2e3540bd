using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>
/// Answers that every version gives in the same way, in <c>Golden/NAME.json</c>. What differs from cluster to cluster has a name there: hosts,
/// nodes, digests, times. With CACHEMACHINE_UPDATE_GOLDEN=1 the files are written instead of compared.
/// </summary>
internal sealed partial class Golden
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<(string Value, string Name)> _names = [];

    /// <summary>Writes <paramref name="name"/> for <paramref name="value"/> from now on.</summary>
    public Golden Call(string value, string name)
    {
        _names.Add((value, name));
        return this;
    }

    /// <summary>Compares an answer with the file of this name.</summary>
    public void Same(string file, JsonNode answer, [CallerFilePath] string source = "")
    {
        var text = Normal(answer.ToJsonString(Indented)) + "\n";
        if (Environment.GetEnvironmentVariable("CACHEMACHINE_UPDATE_GOLDEN") == "1")
        {
            var folder = Path.Combine(Path.GetDirectoryName(source)!, "..", "Golden");
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, file + ".json"), text, new UTF8Encoding(false));
        }
        else
        {
            Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", file + ".json")), text);
        }
    }

    private string Normal(string text)
    {
        foreach (var (value, name) in _names.OrderByDescending(n => n.Value.Length))
            text = text.Replace(value, name, StringComparison.Ordinal);
        return Time().Replace(text, "\"TIME\"");
    }

    [GeneratedRegex("\"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|\\+00:00)\"")]
    private static partial Regex Time();
}
