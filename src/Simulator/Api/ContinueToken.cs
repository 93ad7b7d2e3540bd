using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Api;

/// <summary>Where the next page of a list starts: after a key, at a version; version -1 means "whatever is current".</summary>
internal sealed record ContinueToken(long Version, string After)
{
    public string Encode() => Convert.ToBase64String(Encoding.UTF8.GetBytes(
        new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = Version, ["start"] = After }.ToJsonString()));

    /// <exception cref="ApiException">400 for what this server never gave out.</exception>
    public static ContinueToken Decode(string token)
    {
        try
        {
            var document = Json.Parse(Convert.FromBase64String(token));
            if (document.Number("rv") is { } version && document.Text("start") is { } after)
                return new ContinueToken(version, after);
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            // Falls through to the refusal, which is what the client has to see.
        }

        throw ApiErrors.BadRequest("invalid continue token: continue key is not valid");
    }
}
