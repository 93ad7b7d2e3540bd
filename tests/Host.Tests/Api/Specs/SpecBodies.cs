using System.Text;
using CacheMachine.Actors.CacheMachines;
using CacheMachine.Host.Api.Specs;

namespace CacheMachine.Host.Tests.Api.Specs;

/// <summary>Bodies, and what must come of them.</summary>
internal static class SpecBodies
{
    public const string Rubin = """{"type": "RubinRepoMan", "repo": "a/b", "num_releases": 1, "num_weeklies": 2, "num_dailies": 3}""";

    public static readonly string Digest = "sha256:" + new string('0', 64);

    public static string Machine(string repoMen) => $$"""{"name": "x", "labels": {}, "repomen": [{{repoMen}}]}""";

    public static SpecResult Parse(string body) => MachineSpecParser.Parse(Encoding.UTF8.GetBytes(body));

    public static MachineSpec Valid(string body)
    {
        var result = Parse(body);
        Assert.True(result is SpecResult.Valid, result is SpecResult.Invalid invalid ? string.Join("; ", invalid.Faults) : result.ToString());
        return ((SpecResult.Valid)result).Spec;
    }

    public static IReadOnlyList<SpecFault> Faults(string body) => Assert.IsType<SpecResult.Invalid>(Parse(body)).Faults;

    public static void AssertFault(string body, string field, string rule)
    {
        var fault = Assert.Single(Faults(body));
        Assert.Equal(field, fault.Field);
        Assert.Contains(rule, fault.Rule, StringComparison.Ordinal);
    }
}
