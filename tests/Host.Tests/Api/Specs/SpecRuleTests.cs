using static CacheMachine.Host.Tests.Api.Specs.SpecBodies;

namespace CacheMachine.Host.Tests.Api.Specs;

/// <summary>One broken rule at a time: the field, its value and the rule are named.</summary>
public class SpecRuleTests
{
    private const string Digits64 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("name", "\"\"", "must be 1 to 253 letters")]
    [InlineData("name", "\".\"", "neither . nor ..")]
    [InlineData("name", "\"..\"", "neither . nor ..")]
    [InlineData("name", "\"a/b\"", "must be 1 to 253 letters")]
    [InlineData("name", "\"a b\"", "must be 1 to 253 letters")]
    [InlineData("name", "\"a\\n\"", "must be 1 to 253 letters")]
    [InlineData("name", "\"\\u0000\"", "must be 1 to 253 letters")]
    [InlineData("name", "\"é\"", "must be 1 to 253 letters")]
    [InlineData("name", "1", "must be a string")]
    [InlineData("labels", "[]", "must be an object of at most 64 strings")]
    [InlineData("repomen", "{}", "must be an array of at most 64 elements")]
    [InlineData("parallel_images", "0", "must be a whole number from 1 to 100")]
    [InlineData("parallel_images", "101", "must be a whole number from 1 to 100")]
    [InlineData("parallel_images", "1.5", "must be a whole number from 1 to 100")]
    [InlineData("parallel_images", "\"5\"", "must be a whole number from 1 to 100")]
    [InlineData("parallel_images", "1e400", "must be a whole number from 1 to 100")]
    [InlineData("max_nodes_pulling", "10001", "must be a whole number from 1 to 10000")]
    [InlineData("pull_timeout", "\"9s\"", "must be from 10 s to 24 h")]
    [InlineData("pull_timeout", "\"25h\"", "must be from 10 s to 24 h")]
    [InlineData("pull_timeout", "\"30000\"", "text with a unit")]
    [InlineData("pull_timeout", "9.99", "must be from 10 s to 24 h")]
    [InlineData("pull_timeout", "1e999999999999", "must be from 10 s to 24 h")]
    [InlineData("pull_timeout", "-9e27", "must be from 10 s to 24 h")]
    [InlineData("pull_timeout", "true", "number of seconds")]
    [InlineData("image_pull_secrets", "\"one\"", "must be an array of at most 16 elements")]
    [InlineData("priority_class", "\"High\"", "Kubernetes name")]
    [InlineData("pull_policy", "\"Never\"", "must be one of Always, IfNotPresent")]
    [InlineData("paused", "0", "must be true or false")]
    [InlineData("node_selector_terms", "[]", "must be an array of 1 to 20 elements")]
    [InlineData("pod_resources", "[]", "must be an object with the fields requests, limits")]
    [InlineData("tolerations", "{}", "must be an array of at most 64 elements")]
    public void A_field_of_a_machine(string field, string value, string rule) => Refuses(With(field, value), field, value, rule);

    [Theory]
    [InlineData("a b", "\"\"", "labels[\"a b\"]", "[PREFIX/]NAME")]
    [InlineData("", "\"\"", "labels[\"\"]", "[PREFIX/]NAME")]
    [InlineData("a/b/c", "\"\"", "labels[\"a/b/c\"]", "[PREFIX/]NAME")]
    [InlineData("/b", "\"\"", "labels[\"/b\"]", "[PREFIX/]NAME")]
    [InlineData("b/", "\"\"", "labels[\"b/\"]", "[PREFIX/]NAME")]
    [InlineData("Example.org/b", "\"\"", "labels[\"Example.org/b\"]", "[PREFIX/]NAME")]
    [InlineData("a", "\"-\"", "labels.a", "label's value")]
    [InlineData("a", "\"b c\"", "labels.a", "label's value")]
    [InlineData("a", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "labels.a", "1 to 63")]
    [InlineData("a", "null", "labels.a", "must be a string")]
    [InlineData("a", "{}", "labels.a", "must be a string")]
    public void A_label(string key, string value, string path, string rule) => Refuses(With("labels", $"{{\"{key}\": {value}}}"), path, value, rule);

    [Theory]
    [InlineData("name", "\"\"", "must be 1 to 256 characters")]
    [InlineData("name", null, "is required")]
    [InlineData("image_url", null, "is required")]
    [InlineData("image_url", "\"\"", "must not be empty")]
    [InlineData("image_url", "\"https://example.org/x\"", "is not")]
    [InlineData("image_url", "\"example.org/Upper\"", "upper case")]
    [InlineData("image_url", "\"x:-\"", "the tag")]
    [InlineData("image_url", "\"x.y:99999999999/a\"", "the registry's port '99999999999' is not from 1 to 65535")]
    [InlineData("image_url", "\"x.y:65536/a\"", "the registry's port")]
    [InlineData("image_url", "\"x.y:0/a\"", "the registry's port")]
    [InlineData("image_url", "\"[::::]/a\"", "is no IPv6 address")]
    [InlineData("image_url", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b/a\"", "the registry's host")]
    [InlineData("name", "\"\\u0000\"", "control character")]
    [InlineData("name", "\"a\\u2028b\"", "line separator")]
    [InlineData("name", "\"a\\u202eb\"", "direction of writing")]
    [InlineData("image_url", "\"x@sha256:1\"", "the digest")]
    [InlineData("image_hash", "\"" + Digits64 + "\"", "must be a digest")]
    [InlineData("image_hash", "\"sha256:ABCD\"", "must be a digest")]
    [InlineData("image_hash", "7", "must be a string")]
    public void An_image(string field, string? value, string rule) => Refuses(WithImage(field, value), $"repomen[0].images[0].{field}", value, rule);

    [Fact]
    public void An_image_hash_is_not_another_digest_than_that_of_the_reference()
    {
        var image = $$"""{"name": "a", "image_url": "x@sha256:{{Digits64}}", "image_hash": "sha256:{{Digits64.Replace('0', '1')}}"}""";

        Refuses(
            WithRepoMan($$"""{"type": "SimpleRepoMan", "images": [{{image}}]}"""), "repomen[0].images[0].image_hash",
            $"\"sha256:{Digits64.Replace('0', '1')}\"", "must be the digest that image_url has");
    }

    [Theory]
    [InlineData("repo", null, "is required")]
    [InlineData("repo", "\"\"", "missing")]
    [InlineData("repo", "\"a/Upper\"", "upper case")]
    [InlineData("repo", "\"a//b\"", "repository name")]
    [InlineData("repo", "\"a:t\"", "without registry, tag and digest")]
    [InlineData("registry_url", "\"\"", "HOST or HOST:PORT")]
    [InlineData("registry_url", "\"https://example.org\"", "HOST or HOST:PORT")]
    [InlineData("registry_url", "\"example.org/x\"", "HOST or HOST:PORT")]
    [InlineData("registry_url", "\"example.org:70000\"", "HOST or HOST:PORT")]
    [InlineData("registry_url", "\"a..b\"", "registry")]
    [InlineData("registry_url", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b\"", "the registry's host")]
    [InlineData("registry_url", "\"registry\"", "must have a dot or a port")]
    [InlineData("recommended_tag", "\"a b\"", "must be a tag")]
    [InlineData("recommended_tag", "\".a\"", "must be a tag")]
    [InlineData("recommended_tag", "\"a@sha256:" + Digits64 + "\"", "must be a tag")]
    [InlineData("num_releases", null, "is required")]
    [InlineData("num_weeklies", "-1", "must be a whole number from 0 to 1000")]
    [InlineData("num_dailies", "1001", "must be a whole number from 0 to 1000")]
    [InlineData("num_dailies", "true", "must be a whole number from 0 to 1000")]
    [InlineData("cycle", "10000", "must be a whole number from 0 to 9999")]
    [InlineData("alias_tags", "\"latest\"", "must be an array of at most 100 elements")]
    public void A_Rubin_repository_manager(string field, string? value, string rule) => Refuses(WithRubin(field, value), $"repomen[0].{field}", value, rule);

    [Fact]
    public void An_alias_tag() => Refuses(WithRubin("alias_tags", """["ok", ""]"""), "repomen[0].alias_tags[1]", "\"\"", "must be a tag");

    [Theory]
    [InlineData("""{"type": "RubinRepoGarden"}""", "repomen[0].type", "\"RubinRepoGarden\"", "must be one of SimpleRepoMan, RubinRepoMan")]
    [InlineData("""{"type": null}""", "repomen[0].type", "null", "must be one of SimpleRepoMan, RubinRepoMan")]
    [InlineData("{}", "repomen[0].type", null, "is required: one of SimpleRepoMan, RubinRepoMan")]
    [InlineData("null", "repomen[0]", "null", "must be an object with the field type")]
    [InlineData("""{"type": "SimpleRepoMan"}""", "repomen[0].images", null, "is required")]
    public void A_repository_manager(string repoMan, string path, string? value, string rule) => Refuses(WithRepoMan(repoMan), path, value, rule);

    [Theory]
    [InlineData("""{}""", "key", null, "must not be empty, unless operator is Exists")]
    [InlineData("""{"key": "", "value": "a"}""", "key", "\"\"", "must not be empty, unless operator is Exists")]
    [InlineData("""{"key": "a b"}""", "key", "\"a b\"", "[PREFIX/]NAME")]
    [InlineData("""{"key": "a", "operator": "exists"}""", "operator", "\"exists\"", "must be one of Equal, Exists")]
    [InlineData("""{"key": "a", "operator": "Exists", "value": "b"}""", "value", "\"b\"", "must be left out")]
    [InlineData("""{"key": "a", "value": "b c"}""", "value", "\"b c\"", "label's value")]
    [InlineData("""{"key": "a", "effect": "NoRun"}""", "effect", "\"NoRun\"", "must be one of \"\", NoSchedule, PreferNoSchedule, NoExecute")]
    public void A_toleration(string toleration, string field, string? value, string rule) =>
        Refuses(With("tolerations", $"[{toleration}]"), $"tolerations[0].{field}", value, rule);

    [Theory]
    [InlineData("""{"operator": "Exists"}""", "key", null, "is required")]
    [InlineData("""{"key": "a"}""", "operator", null, "is required")]
    [InlineData("""{"key": "a", "operator": "in"}""", "operator", "\"in\"", "must be one of In, NotIn, Exists, DoesNotExist, Gt, Lt")]
    [InlineData("""{"key": "a", "operator": "In"}""", "values", null, "must have at least one value")]
    [InlineData("""{"key": "a", "operator": "NotIn", "values": []}""", "values", "[]", "must have at least one value")]
    [InlineData("""{"key": "a", "operator": "Exists", "values": ["b"]}""", "values", "[\"b\"]", "must be left out")]
    [InlineData("""{"key": "a", "operator": "Gt", "values": ["1", "2"]}""", "values", "[\"1\", \"2\"]", "must be exactly one value")]
    [InlineData("""{"key": "a", "operator": "Lt", "values": ["x"]}""", "values[0]", "\"x\"", "whole number")]
    [InlineData("""{"key": "a", "operator": "Lt", "values": [1]}""", "values[0]", "1", "must be a string")]
    [InlineData("""{"key": "a", "operator": "In", "values": ["b c"]}""", "values[0]", "\"b c\"", "label's value")]
    [InlineData("""{"key": "a", "operator": "In", "values": "b"}""", "values", "\"b\"", "must be an array")]
    public void A_node_selector(string requirement, string field, string? value, string rule) => Refuses(
        With("node_selector_terms", $$"""[{"matchExpressions": [{{requirement}}]}]"""), $"node_selector_terms[0].matchExpressions[0].{field}", value, rule);

    [Theory]
    [InlineData("{}", "node_selector_terms[0].matchExpressions", null, "is required")]
    [InlineData("""{"matchExpressions": []}""", "node_selector_terms[0].matchExpressions", "[]", "must be an array of 1 to 20 elements")]
    [InlineData("3", "node_selector_terms[0]", "3", "must be an object")]
    public void A_node_selector_term(string term, string path, string? value, string rule) => Refuses(With("node_selector_terms", $"[{term}]"), path, value, rule);

    [Theory]
    [InlineData("\"Upper\"", "image_pull_secrets[0]", "\"Upper\"", "Kubernetes name")]
    [InlineData("""{"name": "a_b"}""", "image_pull_secrets[0].name", "\"a_b\"", "Kubernetes name")]
    [InlineData("{}", "image_pull_secrets[0].name", null, "is required")]
    [InlineData("3", "image_pull_secrets[0]", "3", "must be a string")]
    public void A_pull_secret(string secret, string path, string? value, string rule) => Refuses(With("image_pull_secrets", $"[{secret}]"), path, value, rule);

    [Theory]
    [InlineData("\"-1\"")]
    [InlineData("\"\"")]
    [InlineData("\"1 Gi\"")]
    [InlineData("\"1gi\"")]
    [InlineData("\"1e\"")]
    [InlineData("-1")]
    [InlineData("1e99")]
    [InlineData("\"1e99\"")]
    [InlineData("\"1e-19\"")]
    [InlineData("\"9Ei\"")]
    [InlineData("9223372036854775808")]
    [InlineData("true", "must be a string")]
    public void A_quantity(string value, string rule = "Kubernetes quantity") =>
        Refuses(With("pod_resources", $$$"""{"limits": {"memory": {{{value}}}}}"""), "pod_resources.limits.memory", value, rule);

    [Theory]
    [InlineData("cpu", "2", "1")]
    [InlineData("cpu", "1.001", "1")]
    [InlineData("cpu", "\"1001m\"", "\"1\"")]
    [InlineData("memory", "\"1Gi\"", "1073741823")]
    [InlineData("ephemeral-storage", "\"1k\"", "0")]
    public void A_request_above_its_limit(string resource, string request, string limit) => Refuses(
        With("pod_resources", $$$"""{"requests": {"{{{resource}}}": {{{request}}}}, "limits": {"{{{resource}}}": {{{limit}}}}}"""),
        $"pod_resources.requests.{resource}", request, $"must not be more than its limit, {limit.Trim('"')}");

    [Theory]
    [InlineData("repomen", 65, "must be an array of at most 64 elements", Rubin)]
    [InlineData("tolerations", 65, "must be an array of at most 64 elements", """{"operator": "Exists"}""")]
    [InlineData("image_pull_secrets", 17, "must be an array of at most 16 elements", "\"a\"")]
    [InlineData("node_selector_terms", 21, "must be an array of 1 to 20 elements", """{"matchExpressions": [{"key": "a", "operator": "Exists"}]}""")]
    public void Too_many(string field, int count, string rule, string element)
    {
        var fault = Fault(With(field, $"[{string.Join(',', Enumerable.Repeat(element, count))}]"));

        Assert.Equal((field, rule), (fault.Field, fault.Rule));
    }

    [Fact]
    public void Too_many_labels()
    {
        var fault = Fault(With("labels", $"{{{string.Join(',', Enumerable.Range(0, 65).Select(i => $"\"l{i}\": \"\""))}}}"));

        Assert.Equal(("labels", "must be an object of at most 64 strings"), (fault.Field, fault.Rule));
    }

    [Fact]
    public void Too_many_images_and_only_the_first_of_them_are_read()
    {
        var images = string.Join(',', Enumerable.Repeat("""{"name": "a", "image_url": "x"}""", 1000).Append("3"));
        var fault = Fault(WithRepoMan($$"""{"type": "SimpleRepoMan", "images": [{{images}}]}"""));

        Assert.Equal(("repomen[0].images", "must be an array of at most 1000 elements"), (fault.Field, fault.Rule));
    }

    private static void Refuses(string body, string path, string? value, string rule)
    {
        var fault = Fault(body);

        Assert.Equal(path, fault.Field);
        Assert.Equal(value, fault.Value);
        Assert.Contains(rule, fault.Rule, StringComparison.Ordinal);
    }
}
