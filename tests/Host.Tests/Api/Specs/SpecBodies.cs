using System.Text;
using System.Text.Json.Nodes;
using CacheMachine.Actors.Specs;
using CacheMachine.Host.Api;
using CacheMachine.Host.Api.Specs;

namespace CacheMachine.Host.Tests.Api.Specs;

/// <summary>Bodies, and what is read from them.</summary>
internal static class SpecBodies
{
    /// <summary>A body that uses every field there is.</summary>
    public const string Everything = """
        {
          "name": "all-1",
          "labels": {"beta.kubernetes.io/arch": "amd64", "pool": ""},
          "repomen": [
            {"type": "SimpleRepoMan", "images": [
              {"name": "Weekly 35", "image_url": "registry.hub.docker.com/lsstsqre/sciplat-lab:w_2020_35"},
              {"name": "By digest", "image_url": "localhost:5000/x:t",
               "image_hash": "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}]},
            {"type": "RubinRepoMan", "registry_url": "ts-dockerhub.lsst.org:5000", "repo": "test/sciplat-lab", "recommended_tag": "recommended",
             "num_releases": 1, "num_weeklies": 2, "num_dailies": 1000, "cycle": 20, "alias_tags": ["latest", "_x.y-z"]}
          ],
          "tolerations": [
            {"key": "dedicated", "operator": "Equal", "value": "lab", "effect": "NoSchedule"},
            {"key": "example.org/gpu", "operator": "Exists", "effect": "NoExecute"},
            {"operator": "Exists"},
            {"key": "plain"}
          ],
          "node_selector_terms": [
            {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a", "b"]}, {"key": "gpu", "operator": "DoesNotExist"}]},
            {"matchExpressions": [{"key": "cores", "operator": "Gt", "values": ["8"]}]}
          ],
          "parallel_images": 5,
          "max_nodes_pulling": 100,
          "pull_timeout": "45m",
          "image_pull_secrets": ["one", {"name": "two.three"}],
          "priority_class": "system-node-critical",
          "pod_resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"cpu": 1, "memory": "1e9", "ephemeral-storage": "0.5Gi"}},
          "pull_policy": "Always",
          "paused": true
        }
        """;

    public const string Rubin = """
        {"type": "RubinRepoMan", "repo": "lsstsqre/sciplat-lab", "num_releases": 1, "num_weeklies": 2, "num_dailies": 3}
        """;

    public static SpecReading Read(string body) => MachineSpecReader.Read(Encoding.UTF8.GetBytes(body));

    /// <summary>The machine; fails with its faults where there are any.</summary>
    public static MachineSpec Spec(string body)
    {
        var read = Read(body);
        Assert.Null(read.NotJson);
        Assert.Empty(read.Faults);
        return Assert.IsType<MachineSpec>(read.Spec);
    }

    /// <summary>The only fault of a body.</summary>
    public static Fault Fault(string body) => Assert.Single(Faults(body));

    public static IReadOnlyList<Fault> Faults(string body)
    {
        var read = Read(body);
        Assert.Null(read.NotJson);
        Assert.Null(read.Spec);
        return read.Faults;
    }

    /// <summary>A small machine with one field set to JSON, or taken away.</summary>
    public static string With(string field, string? json) => Changed("""{"name": "m", "labels": {}, "repomen": []}""", field, json);

    /// <summary>A machine whose only repository manager is this one.</summary>
    public static string WithRepoMan(string repoMan) => With("repomen", $"[{repoMan}]");

    /// <summary>A machine with a <c>RubinRepoMan</c>, of which one field is set to JSON, or taken away.</summary>
    public static string WithRubin(string field, string? json) => WithRepoMan(Changed(Rubin, field, json));

    /// <summary>A machine with one image, of which one field is set to JSON, or taken away.</summary>
    public static string WithImage(string field, string? json)
    {
        var image = Changed("""{"name": "An image", "image_url": "busybox"}""", field, json);
        return WithRepoMan($$"""{"type": "SimpleRepoMan", "images": [{{image}}]}""");
    }

    private static string Changed(string body, string field, string? json)
    {
        var changed = JsonNode.Parse(body)!.AsObject();
        changed.Remove(field);
        var rest = changed.ToJsonString()[1..];
        return json is null ? changed.ToJsonString() : $"{{\"{field}\": {json}{(changed.Count == 0 ? "" : ", ")}{rest}";
    }
}
