using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CacheMachine.Actors.Machines.Status;

namespace CacheMachine.Host.Tests.Api;

/// <summary>Answers of actors, and of the API.</summary>
internal static class Answered
{
    /// <summary>A machine that asks for nothing.</summary>
    public static MachineStatus Status(string name) => new()
    {
        Name = name,
        Labels = ImmutableSortedDictionary<string, string>.Empty,
        CommonCache = [],
        AllImages = [],
        AvailableImages = [],
        DesiredImages = [],
        ImagesToCache = [],
        Phase = MachinePhase.Ready,
        Message = "",
        Nodes = [],
        Pulls = [],
    };

    /// <summary>The problem in an answer as it went over the wire; fails where there is none.</summary>
    public static JsonObject Problem(string answer, int status)
    {
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        var headers = answer[..answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)];
        Assert.Contains("\r\nContent-Type: application/problem+json", headers, StringComparison.Ordinal);
        return Problem(JsonNode.Parse(answer[(headers.Length + 4)..])!.AsObject(), status);
    }

    /// <summary>The problem in an answer; fails where there is none.</summary>
    public static async Task<JsonObject> ProblemAsync(HttpResponseMessage answer, int status)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == (int)answer.StatusCode, $"{(int)answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return Problem(JsonNode.Parse(text)!.AsObject(), status);
    }

    private static JsonObject Problem(JsonObject problem, int status)
    {
        Assert.Equal(("about:blank", status), ((string?)problem["type"], (int)problem["status"]!));
        Assert.NotEmpty((string)problem["title"]!);
        Assert.NotEmpty((string)problem["detail"]!);
        return problem;
    }
}
