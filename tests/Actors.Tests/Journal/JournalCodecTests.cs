using System.Text;
using System.Text.Json.Nodes;
using CacheMachine.Actors.Journal;
using Xunit;

namespace CacheMachine.Actors.Tests.Journal;

/// <summary>
/// A journal is read for ever: what a manifest once meant is in its golden file, which never changes. An event that changes its shape gets
/// a new manifest and a new file. With UPDATE_GOLDEN=1 in the environment, files that are missing are written.
/// </summary>
public sealed class JournalCodecTests
{
    private readonly JournalCodec _codec = new();

    public static TheoryData<string> Manifests => [.. JournalCodec.WrittenManifests];

    public static TheoryData<string> EarlierManifests => [.. JournalCodec.KnownManifests.Except(JournalCodec.WrittenManifests)];

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Every_manifest_is_written_as_its_golden_file(string manifest)
    {
        var payload = _codec.Serialize(Stored.Of(manifest));

        Assert.Equal((JournalCodec.Identifier, manifest), (payload.Identifier, payload.Manifest));
        Assert.Equal(Golden(manifest, payload), Encoding.UTF8.GetString(payload.Bytes.Span));
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Every_golden_file_is_read_as_what_was_written(string manifest)
    {
        var bytes = Encoding.UTF8.GetBytes(Golden(manifest, _codec.Serialize(Stored.Of(manifest))));

        var read = _codec.Deserialize(new SerializedPayload(JournalCodec.Identifier, manifest, bytes));

        Assert.IsType(Stored.Of(manifest).GetType(), read);
        Assert.Equal(bytes, _codec.Serialize(read).Bytes.ToArray());
    }

    [Theory]
    [MemberData(nameof(EarlierManifests))]
    public void Every_golden_file_of_an_earlier_version_is_read_and_lacks_only_what_came_later(string manifest)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Folder(), FileOf(manifest)));

        var read = _codec.Deserialize(new SerializedPayload(JournalCodec.Identifier, manifest, bytes));

        var now = _codec.Serialize(read);
        var expected = JsonNode.Parse(bytes)!.AsObject();
        expected.Remove("id");
        expected["generation"] = 0;
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(now.Bytes.Span)), Encoding.UTF8.GetString(now.Bytes.Span));
    }

    [Fact]
    public void There_is_a_golden_file_for_each_manifest_and_none_besides() =>
        Assert.Equal(
            JournalCodec.KnownManifests.Select(FileOf).Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(Folder()).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData(JournalCodec.Identifier, "machine-configured/99")]
    [InlineData(JournalCodec.Identifier, "")]
    [InlineData(JournalCodec.Identifier, "Machine-Configured/1")]
    [InlineData(1, "machine-configured/1")]
    public void What_is_unknown_is_refused_by_name(int identifier, string manifest)
    {
        var error = Assert.Throws<UnknownManifestException>(() => _codec.Deserialize(new SerializedPayload(identifier, manifest, "{}"u8.ToArray())));
        Assert.Contains($"'{manifest}' of serializer {identifier}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_has_no_manifest_cannot_be_stored() =>
        Assert.Contains("String", Assert.Throws<NotSupportedException>(() => _codec.Serialize("text")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("null")]
    [InlineData("[")]
    public void A_payload_that_is_not_what_it_says_is_refused(string json) =>
        Assert.ThrowsAny<System.Text.Json.JsonException>(() =>
            _codec.Deserialize(new SerializedPayload(JournalCodec.Identifier, "machine-created/1", Encoding.UTF8.GetBytes(json))));

    private static string Golden(string manifest, SerializedPayload payload)
    {
        var path = Path.Combine(Folder(), FileOf(manifest));
        if (!File.Exists(path) && Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllBytes(path, payload.Bytes.Span);
        return File.ReadAllText(path);
    }

    private static string FileOf(string manifest) => manifest.Replace('/', '-') + ".json";

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder!.FullName, "Journal/golden")))
            folder = folder.Parent;
        return Path.Combine(folder.FullName, "Journal/golden");
    }
}
