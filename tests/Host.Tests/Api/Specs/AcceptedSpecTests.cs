using CacheMachine.Actors.Images;
using CacheMachine.Actors.Specs;
using static CacheMachine.Host.Tests.Api.Specs.SpecBodies;

namespace CacheMachine.Host.Tests.Api.Specs;

public class AcceptedSpecTests
{
    [Fact]
    public void Every_field_is_read()
    {
        var spec = Spec(Everything);

        Assert.Equal("all-1", spec.Name);
        Assert.Equal(["beta.kubernetes.io/arch=amd64", "pool="], spec.Labels.Select(Pair));
        Assert.Equal<DesiredImage>(
            [
                new DesiredImage("registry.hub.docker.com/lsstsqre/sciplat-lab:w_2020_35", null, "Weekly 35"),
                new DesiredImage("localhost:5000/x:t", "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "By digest"),
            ],
            Assert.IsType<SimpleRepoManSpec>(spec.RepoMen[0]).Images);
        var rubin = Assert.IsType<RubinRepoManSpec>(spec.RepoMen[1]);
        Assert.Equal(("ts-dockerhub.lsst.org:5000", "test/sciplat-lab", "recommended"), (rubin.RegistryUrl, rubin.Repo, rubin.RecommendedTag));
        Assert.Equal((1, 2, 1000, 20), (rubin.NumReleases, rubin.NumWeeklies, rubin.NumDailies, rubin.Cycle!.Value));
        Assert.Equal<string>(["latest", "_x.y-z"], rubin.AliasTags);
        Assert.Equal<Toleration>(
            [
                new Toleration("dedicated", "Equal", "lab", "NoSchedule"), new Toleration("example.org/gpu", "Exists", "", "NoExecute"),
                new Toleration("", "Exists", "", ""), new Toleration("plain", "Equal", "", ""),
            ],
            spec.Tolerations);
        Assert.Equal(
            ["zone In a,b", "gpu DoesNotExist ", "cores Gt 8"],
            spec.NodeSelectorTerms.SelectMany(term => term.MatchExpressions).Select(e => $"{e.Key} {e.Operator} {string.Join(',', e.Values)}"));
        Assert.Equal(2, spec.NodeSelectorTerms.Length);
        Assert.Equal((5, 100, TimeSpan.FromMinutes(45)), (spec.ParallelImages!.Value, spec.MaxNodesPulling!.Value, spec.PullTimeout!.Value));
        Assert.Equal<string>(["one", "two.three"], spec.ImagePullSecrets);
        Assert.Equal(("system-node-critical", "Always", true), (spec.PriorityClass, spec.PullPolicy, spec.Paused));
        Assert.Equal(["cpu=10m", "memory=16Mi"], spec.PodResources!.Requests.Select(Pair));
        Assert.Equal(["cpu=1", "ephemeral-storage=0.5Gi", "memory=1e9"], spec.PodResources.Limits.Select(Pair));
    }

    [Fact]
    public void What_is_left_out_is_the_default()
    {
        var spec = Spec(WithRepoMan(Rubin));

        Assert.Empty(spec.Labels);
        var rubin = Assert.IsType<RubinRepoManSpec>(Assert.Single(spec.RepoMen));
        Assert.Equal("registry.hub.docker.com", rubin.RegistryUrl);
        Assert.Null(rubin.RecommendedTag);
        Assert.Null(rubin.Cycle);
        Assert.Empty(rubin.AliasTags);
        Assert.True(spec.IsSameAs(new MachineSpec { Name = "m", RepoMen = [rubin] }));
    }

    [Theory]
    [InlineData("tolerations")]
    [InlineData("node_selector_terms")]
    [InlineData("parallel_images")]
    [InlineData("max_nodes_pulling")]
    [InlineData("pull_timeout")]
    [InlineData("image_pull_secrets")]
    [InlineData("priority_class")]
    [InlineData("pod_resources")]
    [InlineData("pull_policy")]
    [InlineData("paused")]
    public void An_option_that_is_null_is_left_out(string option) =>
        Assert.True(Spec(With(option, "null")).IsSameAs(new MachineSpec { Name = "m" }));

    [Theory]
    [InlineData("registry_url", "null")]
    [InlineData("recommended_tag", "null")]
    [InlineData("recommended_tag", "\"\"")]
    [InlineData("cycle", "null")]
    [InlineData("alias_tags", "null")]
    [InlineData("alias_tags", "[]")]
    public void An_option_of_a_Rubin_repository_manager_may_be_empty(string option, string value) =>
        Assert.True(Spec(WithRubin(option, value)).IsSameAs(Spec(WithRepoMan(Rubin))));

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    public void An_empty_image_hash_is_none(string hash) =>
        Assert.Null(Assert.IsType<SimpleRepoManSpec>(Spec(WithImage("image_hash", hash)).RepoMen[0]).Images[0].ImageHash);

    [Theory]
    [InlineData("\"10s\"", 10)]
    [InlineData("\"1.5 minutes\"", 90)]
    [InlineData("\"24h\"", 86400)]
    [InlineData("90", 90)]
    [InlineData("9e1", 90)]
    [InlineData("86400.0", 86400)]
    public void A_pull_timeout_is_a_text_with_a_unit_or_a_number_of_seconds(string json, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Spec(With("pull_timeout", json)).PullTimeout);

    [Fact]
    public void A_whole_number_may_have_a_decimal_point() => Assert.Equal(7, Spec(With("parallel_images", "7.0")).ParallelImages);

    [Theory]
    [InlineData("Lab.v1.2")]
    [InlineData("my_machine")]
    [InlineData("-x-")]
    [InlineData("...")]
    [InlineData(".hidden")]
    [InlineData("available")]
    public void Names_that_the_old_service_took_are_taken(string name) => Assert.Equal(name, Spec(With("name", $"\"{name}\"")).Name);

    [Theory]
    [InlineData("\"9223372036854775807\"")]
    [InlineData("\"7Ei\"")]
    [InlineData("9.2e18")]
    [InlineData("\"1E\"")]
    [InlineData("\"1E3\"")]
    [InlineData("\"+.5Gi\"")]
    [InlineData("\"5.m\"")]
    [InlineData("\"1e-18\"")]
    [InlineData("0")]
    public void A_quantity_may_be_as_big_as_Kubernetes_can_count(string quantity) =>
        Assert.Equal(
            quantity.Trim('"'), Spec(With("pod_resources", $$$"""{"limits": {"memory": {{{quantity}}}}}""")).PodResources!.Limits["memory"]);

    [Theory]
    [InlineData("1", "\"1000m\"")]
    [InlineData("\"1Ki\"", "1024")]
    [InlineData("\"1\"", "\"1k\"")]
    public void A_request_may_be_as_much_as_its_limit(string request, string limit) =>
        Spec(With("pod_resources", $$$"""{"requests": {"cpu": {{{request}}}}, "limits": {"cpu": {{{limit}}}}}"""));

    [Fact]
    public void A_byte_order_mark_does_not_matter() => Assert.Equal("m", Spec('\uFEFF' + With("paused", null)).Name);

    [Fact]
    public void The_longest_of_everything_is_accepted()
    {
        var label = new string('a', 63);
        Assert.Equal(253, Spec(With("name", $"\"{new string('a', 253)}\"")).Name.Length);
        var prefix = string.Join('.', label, label, label, new string('b', 61));
        Assert.Equal(253 + 1 + 63, Spec(With("labels", $$"""{"{{prefix}}/{{label}}": "{{label}}"}""")).Labels.Single().Key.Length);
        Assert.Equal(64, Spec(With("repomen", Array(64, _ => Rubin))).RepoMen.Length);
        Assert.Equal(64, Spec(With("labels", $"{{{string.Join(',', Enumerable.Range(0, 64).Select(i => $"\"l{i}\": \"\""))}}}")).Labels.Count);
        var images = Array(1000, i => $$"""{"name": "{{new string('n', 256)}}", "image_url": "x:{{i}}"}""");
        Assert.Equal(1000, Assert.IsType<SimpleRepoManSpec>(Spec(WithRepoMan($$"""{"type": "SimpleRepoMan", "images": {{images}}}""")).RepoMen[0]).Images.Length);
    }

    private static string Pair(KeyValuePair<string, string> pair) => $"{pair.Key}={pair.Value}";

    private static string Array(int count, Func<int, string> element) => $"[{string.Join(',', Enumerable.Range(0, count).Select(element))}]";
}
