using System.Text.RegularExpressions;
using Xunit;

namespace CacheMachine.Actors.Tests;

/// <summary>The folders of the actors are floors: each stands on those below it, and knows nothing of those above.</summary>
public sealed partial class FloorsTests
{
    private static readonly string[] Floors =
    [
        ".", "Copies", "Images", "Nodes", "Specs", "RepoMen/Rubin", "RepoMen", "Pulling", "Machines/Model", "Machines/Decisions", "Machines/Status", "Machines",
        "Supervisor", "Serialization",
    ];

    private static readonly string Source = Path.Combine(Repository(), "src/Actors");

    private static readonly List<(int Floor, string File, string Code)> Files = [.. Directory
        .EnumerateFiles(Source, "*.cs", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Source, file))
        .Where(file => !file.StartsWith("obj/", StringComparison.Ordinal) && !file.StartsWith("bin/", StringComparison.Ordinal))
        .Select(file => (Array.IndexOf(Floors, Path.GetDirectoryName(file) is { Length: > 0 } folder ? folder : "."), file, Code(file)))];

    [Fact]
    public void Every_folder_is_a_floor_and_every_floor_a_folder()
    {
        Assert.Empty(Files.Where(file => file.Floor < 0).Select(file => file.File));
        Assert.Equal(Floors.Length, Files.Select(file => file.Floor).Distinct().Count());
    }

    [Fact]
    public void Namespaces_are_folders() => Assert.Empty(Files
        .Where(file => NamespaceLine().Match(File.ReadAllText(Path.Combine(Source, file.File))).Groups[1].Value != Namespace(Floors[file.Floor]))
        .Select(file => file.File));

    [Fact]
    public void No_floor_uses_a_type_of_one_above_it()
    {
        // A namespace sees the types of the one around it without a using, so the names of types tell.
        var above = Files
            .SelectMany(file => Declaration().Matches(file.Code).Select(match => (Type: match.Groups[1].Value, file.Floor)))
            .ToLookup(type => type.Type, type => type.Floor, StringComparer.Ordinal);

        Assert.True(above.Count > 100);
        Assert.Empty(Files
            .SelectMany(file => Name().Matches(file.Code).Select(match => (file.File, file.Floor, Type: match.Value)))
            .Where(use => above[use.Type].Any() && above[use.Type].All(floor => floor > use.Floor))
            .Select(use => $"{use.File} uses {use.Type}")
            .Distinct());
    }

    private static string Namespace(string floor) => floor == "." ? "CacheMachine.Actors" : $"CacheMachine.Actors.{floor.Replace('/', '.')}";

    private static string Code(string file) => Noise().Replace(File.ReadAllText(Path.Combine(Source, file)), "");

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder.FullName, "src/Actors")))
            folder = folder.Parent!;
        return folder.FullName;
    }

    // Comments, texts and the names of members after a dot.
    [GeneratedRegex("""//.*$|(?<!\$)"(?:[^"\\\n]|\\.)*"|(?<=[\w\)\]?!])\.\w+""", RegexOptions.Multiline)]
    private static partial Regex Noise();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^(?:public|internal) (?:\w+ )*(?:record|class|interface|enum) (\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\b[A-Z]\w*\b")]
    private static partial Regex Name();
}
