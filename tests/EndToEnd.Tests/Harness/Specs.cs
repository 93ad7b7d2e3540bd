using System.Text.Json.Nodes;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>Bodies of POST.</summary>
internal static class Specs
{
    public static JsonObject Machine(string name, params JsonObject[] repomen) => new()
    {
        ["name"] = name,
        ["labels"] = new JsonObject(),
        ["repomen"] = new JsonArray([.. repomen]),
    };

    public static JsonObject Simple(params (string Name, string Url)[] images) => new()
    {
        ["type"] = "SimpleRepoMan",
        ["images"] = new JsonArray([.. images.Select(image => new JsonObject { ["name"] = image.Name, ["image_url"] = image.Url })]),
    };

    /// <summary>The same with one more field.</summary>
    public static JsonObject With(this JsonObject machine, string field, JsonNode value)
    {
        machine[field] = value;
        return machine;
    }

    public static JsonObject Rubin(string registry, string repository = "lsstsqre/sciplat-lab") => new()
    {
        ["type"] = "RubinRepoMan",
        ["registry_url"] = registry,
        ["repo"] = repository,
        ["recommended_tag"] = "recommended",
        ["num_releases"] = 1,
        ["num_weeklies"] = 2,
        ["num_dailies"] = 2,
    };
}
