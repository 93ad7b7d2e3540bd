using System.Runtime.Serialization;
using System.Text;
using System.Text.Json.Nodes;
using CacheMachine.Actors.Serialization;
using Xunit;

namespace CacheMachine.Actors.Tests.Serialization.Journal;

/// <summary>
/// A journal is read for ever: what a manifest once meant is in its golden file, which never changes. An event that changes its shape gets
/// a new manifest and a new file. With UPDATE_GOLDEN=1 in the environment, files that are missing are written.
/// </summary>
public sealed class JournalSerializerTests
{
    private readonly JournalSerializer _serializer = new(null);

    public static TheoryData<string> Manifests => [.. JournalSerializer.WrittenManifests];

    public static TheoryData<string> EarlierManifests => [.. JournalSerializer.KnownManifests.Except(JournalSerializer.WrittenManifests)];

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Every_manifest_is_written_as_its_golden_file(string manifest)
    {
        var stored = Stored.Of(manifest);

        Assert.Equal(manifest, _serializer.Manifest(stored));
        Assert.Equal(Golden(manifest), Encoding.UTF8.GetString(_serializer.ToBinary(stored)));
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Every_golden_file_is_read_as_what_was_written(string manifest)
    {
        var bytes = Encoding.UTF8.GetBytes(Golden(manifest));

        var read = _serializer.FromBinary(bytes, manifest);

        Assert.IsType(Stored.Of(manifest).GetType(), read);
        Assert.Equal(bytes, _serializer.ToBinary(read));
    }

    [Theory]
    [MemberData(nameof(EarlierManifests))]
    public void Every_golden_file_of_an_earlier_version_is_read_and_lacks_only_what_came_later(string manifest)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Folder(), FileOf(manifest)));

        var read = _serializer.FromBinary(bytes, manifest);

        var now = _serializer.ToBinary(read);
        var expected = JsonNode.Parse(bytes)!.AsObject();
        expected.Remove("id");
        expected["generation"] = 0;
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(now)), Encoding.UTF8.GetString(now));
    }

    [Fact]
    public void There_is_a_golden_file_for_each_manifest_and_none_besides() =>
        Assert.Equal(
            JournalSerializer.KnownManifests.Select(FileOf).Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(Folder()).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("machine-configured/99")]
    [InlineData("")]
    [InlineData("Machine-Configured/1")]
    public void What_is_unknown_is_refused_by_name(string manifest)
    {
        var error = Assert.Throws<SerializationException>(() => _serializer.FromBinary("{}"u8.ToArray(), manifest));
        Assert.Contains($"'{manifest}' of serializer {JournalSerializer.Id}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_has_no_manifest_cannot_be_stored() =>
        Assert.Contains("String", Assert.Throws<SerializationException>(() => _serializer.ToBinary("text")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("null")]
    [InlineData("[")]
    public void A_payload_that_is_not_what_it_says_is_refused(string json) =>
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => _serializer.FromBinary(Encoding.UTF8.GetBytes(json), "machine-created/1"));

    private string Golden(string manifest)
    {
        var path = Path.Combine(Folder(), FileOf(manifest));
        if (!File.Exists(path) && Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllBytes(path, _serializer.ToBinary(Stored.Of(manifest)));
        return File.ReadAllText(path);
    }

    private static string FileOf(string manifest) => manifest.Replace('/', '-') + ".json";

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder!.FullName, "Serialization/Journal/golden")))
            folder = folder.Parent;
        return Path.Combine(folder.FullName, "Serialization/Journal/golden");
    }
}
