using System.Collections.Immutable;
using System.Runtime.Serialization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Serialization;
using CacheMachine.Actors.Specs;
using CacheMachine.Actors.Supervisor;
using Xunit;

namespace CacheMachine.Actors.Tests.Serialization.Messages;

/// <summary>
/// Replicas of two releases talk to each other during a rolling upgrade: what a manifest means is in its golden file. Files in golden/previous
/// are what another release may send. With UPDATE_GOLDEN=1 in the environment, files that are missing are written.
/// </summary>
public sealed partial class MessageSerializerTests
{
    private readonly MessageSerializer _serializer = new(null);

    public static TheoryData<string> Manifests => [.. MessageSerializer.KnownManifests];

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Every_manifest_is_written_as_its_golden_file(string manifest)
    {
        Assert.Equal(manifest, _serializer.Manifest(Sent.Of(manifest)));
        AssertSame(Golden(manifest), JsonOf(Sent.Of(manifest)));
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Every_golden_file_is_read_as_what_was_written(string manifest)
    {
        var golden = Golden(manifest);

        var read = Read(manifest, golden);

        Assert.IsType(Sent.Of(manifest).GetType(), read);
        AssertSame(golden, JsonOf(read));
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Fields_that_a_later_release_adds_are_skipped(string manifest)
    {
        var golden = JsonOf(Sent.Of(manifest));
        var later = golden.DeepClone();
        AddEverywhere(later);

        AssertSame(golden, JsonOf(Read(manifest, later)));
    }

    [Fact]
    public void Fields_that_an_earlier_release_does_not_send_have_their_defaults()
    {
        var configure = Assert.IsType<ConfigureMachine>(Read("configure-machine/1", Previous("configure-machine-1.json")));
        var create = Assert.IsType<CreateMachine>(Read("create-machine/1", Previous("create-machine-1.json")));

        Assert.True(configure.WantsAnswer);
        Assert.All([configure.Spec, create.Spec], spec => AssertSame(SpecJson(new MachineSpec { Name = "jupyter", RepoMen = spec.RepoMen }), SpecJson(spec)));
        Assert.Equal(new GetMachine("jupyter"), Read("get-machine/1", JsonNode.Parse("""{"machine": "jupyter"}""")!));
        Assert.Equal(new GetMachineImages("jupyter"), Read("get-machine-images/1", JsonNode.Parse("""{"machine": "jupyter"}""")!));
        var rubin = Assert.IsType<RubinRepoManSpec>(create.Spec.RepoMen.Single());
        Assert.Equal(("registry.hub.docker.com", 0), (rubin.RegistryUrl, rubin.AliasTags.Length));
    }

    [Theory]
    [InlineData("machine-names/1", "{}")]
    [InlineData("get-machine/1", """{"machine":null}""")]
    [InlineData("create-machine/1", """{"spec":{}}""")]
    [InlineData("get-machine/1", "null")]
    [InlineData("get-machine/1", "[]")]
    public void What_lacks_a_field_without_a_default_is_refused(string manifest, string json) => Assert.Throws<JsonException>(() =>
        _serializer.FromBinary(Encoding.UTF8.GetBytes(json), manifest));

    [Fact]
    public void An_answer_of_a_later_release_is_read()
    {
        var status = Assert.IsType<MachineStatus>(Read("machine-status/1", Previous("machine-status-1.json")));

        Assert.Equal(("jupyter", MachinePhase.Ready), (status.Name, status.Phase));
        Assert.Equal("n1", Assert.Single(status.Nodes).Name);
        Assert.Equal(NodeCounts.None, status.NodeCounts);
    }

    [Fact]
    public void There_is_a_golden_file_for_each_manifest_and_none_besides() =>
        Assert.Equal(
            MessageSerializer.KnownManifests.Select(FileOf).Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(Folder()).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_command_to_a_machine_or_the_supervisor_can_travel()
    {
        var commands = typeof(IMachineCommand).Assembly.GetTypes().Where(type =>
            !type.IsAbstract && (type.IsAssignableTo(typeof(IMachineCommand)) || type.IsAssignableTo(typeof(ISupervisorCommand))));

        Assert.Empty(commands.Except(MessageSerializer.KnownTypes));
    }

    [Fact]
    public void The_whole_protocol_of_the_supervisor_can_travel()
    {
        var source = File.ReadAllText(Path.Combine(Folder(), "../../../../../src/Actors/Supervisor/SupervisorProtocol.cs"));
        var names = PublicRecord().Matches(source).Select(match => match.Groups[1].Value).ToImmutableSortedSet();

        Assert.Contains(nameof(CreateMachine), names);
        Assert.Empty(names.Except(MessageSerializer.KnownTypes.Select(type => type.Name)));
    }

    [Theory]
    [InlineData("get-machine/2")]
    [InlineData("machine-created/1")]
    public void What_is_unknown_is_refused_by_name(string manifest) => Assert.Contains(
        $"'{manifest}'", Assert.Throws<SerializationException>(() => _serializer.FromBinary("{}"u8.ToArray(), manifest)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_has_no_manifest_cannot_be_sent() => Assert.Contains(
        "Awake has no manifest", Assert.Throws<SerializationException>(() => _serializer.ToBinary(Awake.Instance)).Message, StringComparison.Ordinal);

    [GeneratedRegex(@"^public sealed record (\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicRecord();

    private static void AddEverywhere(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array)
                AddEverywhere(item);
        }
        else if (node is JsonObject fields)
        {
            foreach (var (name, value) in fields.ToList())
            {
                // Dictionaries have no fields.
                if (name is not ("labels" or "requests" or "limits" or "errors"))
                    AddEverywhere(value);
            }
            fields["field_of_a_later_release"] = new JsonObject { ["x"] = new JsonArray(1, "y") };
        }
    }

    private JsonNode SpecJson(MachineSpec spec) => JsonOf(new CreateMachine(spec));

    private object Read(string manifest, JsonNode json) =>
        _serializer.FromBinary(Encoding.UTF8.GetBytes(json.ToJsonString()), manifest);

    private JsonNode JsonOf(object message) => JsonNode.Parse(_serializer.ToBinary(message))!;

    private static void AssertSame(JsonNode expected, JsonNode actual) =>
        Assert.True(JsonNode.DeepEquals(expected, actual), $"expected {expected.ToJsonString()}\nbut it is {actual.ToJsonString()}");

    private JsonNode Golden(string manifest)
    {
        var path = Path.Combine(Folder(), FileOf(manifest));
        if (!File.Exists(path) && Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, JsonOf(Sent.Of(manifest)).ToJsonString(new() { WriteIndented = true }) + "\n");
        return JsonNode.Parse(File.ReadAllText(path))!;
    }

    private static JsonNode Previous(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder(), "previous", file)))!;

    private static string FileOf(string manifest) => manifest.Replace('/', '-') + ".json";

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder!.FullName, "Serialization/Messages/golden")))
            folder = folder.Parent;
        return Path.Combine(folder.FullName, "Serialization/Messages/golden");
    }
}
