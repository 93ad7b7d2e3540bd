using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CacheMachine.Actors.Images;
using CacheMachine.Actors.Machines.Status;

namespace CacheMachine.Host.Api;

/// <summary>JSON of the answers; the names of the old service's fields, and more beside them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(MachineStatus))]
[JsonSerializable(typeof(ImageLists))]
[JsonSerializable(typeof(Metadata))]
[JsonSerializable(typeof(Deleted))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(ImmutableArray<string>))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>The same, for people too: quotes and plus signs stay what they are, because no answer is ever put into a page as it is.</summary>
    public static ApiJson Plain => field ??= new(new JsonSerializerOptions(Default.Options!) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary><c>GET .../available</c> and <c>.../desired</c>.</summary>
internal sealed record ImageLists(ImmutableArray<DesiredImage> Images, ImmutableArray<DesiredImage> All);

/// <summary><c>GET /</c>.</summary>
internal sealed record Metadata(string Name, string Version, string Description, string RepositoryUrl, string DocumentationUrl);

/// <summary><c>DELETE</c>: whether there was one.</summary>
internal sealed record Deleted(string Name, [property: JsonPropertyName("deleted")] bool WasThere);

/// <summary>RFC 9457, with all faults of a body.</summary>
internal sealed record Problem(
    string Type, string Title, int Status, string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<Fault>? Errors = null);

/// <summary>One fault of a body.</summary>
/// <param name="Field">Path of the field, for example <c>repomen[1].images[0].image_url</c>; empty for the body itself.</param>
/// <param name="Value">What was there, shortened; null where nothing was.</param>
/// <param name="Rule">What should be there.</param>
internal sealed record Fault(string Field, string? Value, string Rule);
