using System.Globalization;
using CacheMachine.Actors.CacheMachines;
using CacheMachine.Actors.Images;
using CacheMachine.Host.Api.Specs;
using static CacheMachine.Host.Tests.Api.Specs.SpecBodies;

namespace CacheMachine.Host.Tests.Api.Specs;

public class MachineSpecParserTests
{
    [Fact]
    public void A_full_body_becomes_its_spec()
    {
        var spec = Valid($$"""
            {
              "name": "jupyter", "labels": {"beta.kubernetes.io/arch": "amd64", "empty": ""},
              "repomen": [
                {"type": "RubinRepoMan", "repo": "lsstsqre/sciplat-lab", "registry_url": "host:5000", "recommended_tag": "recommended",
                 "num_releases": 1, "num_weeklies": 2, "num_dailies": 1000, "cycle": 20, "alias_tags": ["latest", "w_latest"]},
                {"type": "SimpleRepoMan", "images": [
                  {"name": "Weekly 35", "image_url": "lsstsqre/sciplat-lab:w_2020_35", "image_hash": "{{Digest}}"},
                  {"name": "", "image_url": "busybox", "image_hash": null}]}
              ]
            }
            """);

        Assert.Equal("jupyter", spec.Name);
        Assert.Equal([new("beta.kubernetes.io/arch", "amd64"), new("empty", "")], spec.Labels);
        var rubin = Assert.IsType<RubinRepoManSpec>(spec.RepoMen[0]);
        Assert.Equal(("lsstsqre/sciplat-lab", "host:5000", "recommended", 20), (rubin.Repo, rubin.RegistryUrl, rubin.RecommendedTag, rubin.Cycle));
        Assert.Equal((1, 2, 1000), (rubin.NumReleases, rubin.NumWeeklies, rubin.NumDailies));
        Assert.Equal(["latest", "w_latest"], rubin.AliasTags.AsEnumerable());
        Assert.Equal(
            [new DesiredImage("lsstsqre/sciplat-lab:w_2020_35", Digest, "Weekly 35"), new DesiredImage("busybox", null, "")],
            Assert.IsType<SimpleRepoManSpec>(spec.RepoMen[1]).Images.AsEnumerable());
    }

    [Fact]
    public void What_may_be_left_out_has_the_older_services_defaults()
    {
        var rubin = Assert.IsType<RubinRepoManSpec>(Valid(Machine(Rubin)).RepoMen[0]);

        Assert.Equal("registry.hub.docker.com", rubin.RegistryUrl);
        Assert.Null(rubin.RecommendedTag);
        Assert.Null(rubin.Cycle);
        Assert.Empty(rubin.AliasTags);
    }

    [Theory]
    [InlineData("\"cycle\": null")]
    [InlineData("\"recommended_tag\": null")]
    [InlineData("\"recommended_tag\": \"\"")]
    public void Null_or_empty_where_the_older_service_took_it_means_none(string member) =>
        Assert.Equal(Valid(Machine(Rubin)).RepoMen[0].ToString(), Valid(Machine(Rubin.Replace("\"repo\"", member + ", \"repo\"", StringComparison.Ordinal))).RepoMen[0].ToString());

    [Theory]
    [InlineData("""{"name": "x", "labels": {}, "repomen": []}""")]
    [InlineData("""{"repomen": [{"images": [], "type": "SimpleRepoMan"}], "labels": {}, "name": "0-a"}""")]
    public void An_empty_machine_is_a_machine(string body) => Assert.Empty(Valid(body).RepoMen.OfType<RubinRepoManSpec>());

    [Theory]
    [InlineData("", "the body is not JSON: line 1, byte 1: ")]
    [InlineData("{\n  \"name\": x}", "the body is not JSON: line 2, byte 11: ")]
    [InlineData("{} {}", "the body is not JSON: line 1, byte 4: ")]
    [InlineData("{\"a\": NaN}", "the body is not JSON: ")]
    [InlineData("{\"a\": 1,}", "the body is not JSON: ")]
    [InlineData("// a\n{}", "the body is not JSON: ")]
    public void What_is_no_json_says_where(string body, string expected) =>
        Assert.StartsWith(expected, Assert.IsType<SpecResult.NotJson>(Parse(body)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_no_utf8_or_too_deep_is_no_json()
    {
        Assert.Equal("the body is not UTF-8", Assert.IsType<SpecResult.NotJson>(MachineSpecParser.Parse(new byte[] { (byte)'"', 0xff, (byte)'"' })).Message);
        Assert.Contains("32", Assert.IsType<SpecResult.NotJson>(Parse(new string('[', 100_000))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "$", "[...]", "must be an object")]
    [InlineData("null", "$", "null", "must be an object")]
    [InlineData("\"x\"", "$", "x", "must be an object")]
    public void A_body_that_is_no_object_is_refused(string body, string field, string value, string rule) =>
        Assert.Equal([new SpecFault(field, value, rule)], Faults(body));

    [Theory]
    [InlineData("name", "\"\"", "a DNS label of at most 52")]
    [InlineData("name", "\"Jupyter\"", "a DNS label of at most 52")]
    [InlineData("name", "\"-a\"", "a DNS label of at most 52")]
    [InlineData("name", "\"a-\"", "a DNS label of at most 52")]
    [InlineData("name", "\"a.b\"", "a DNS label of at most 52")]
    [InlineData("name", "\"a\\n\"", "a DNS label of at most 52")]
    [InlineData("name", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "a DNS label of at most 52")]
    [InlineData("name", "1", "must be a string")]
    [InlineData("name", "null", "must be a string")]
    [InlineData("name", "\"\\ud800\"", "must be Unicode text")]
    [InlineData("labels", "[]", "must be an object")]
    [InlineData("labels", "null", "must be an object")]
    [InlineData("repomen", "{}", "must be an array")]
    [InlineData("repomen", "null", "must be an array")]
    public void A_field_of_the_machine_that_breaks_its_rule_is_named(string field, string json, string rule)
    {
        var body = field switch
        {
            "name" => $$"""{"name": {{json}}, "labels": {}, "repomen": []}""",
            "labels" => $$"""{"name": "x", "labels": {{json}}, "repomen": []}""",
            _ => $$"""{"name": "x", "labels": {}, "repomen": {{json}}}""",
        };

        var fault = Assert.Single(Faults(body));

        Assert.Equal(field, fault.Field);
        Assert.Contains(rule, fault.Rule, StringComparison.Ordinal);
        Assert.NotNull(fault.Value);
    }

    [Theory]
    [InlineData("\"a/b/c\": \"x\"", "[\"a/b/c\"]", "label key")]
    [InlineData("\"\": \"x\"", "[\"\"]", "label key")]
    [InlineData("\"/b\": \"x\"", "[\"/b\"]", "label key")]
    [InlineData("\"Example.com/b\": \"x\"", "[\"Example.com/b\"]", "label key")]
    [InlineData("\"-a\": \"x\"", ".-a", "label key")]
    [InlineData("\"a\": 1", ".a", "must be a string")]
    [InlineData("\"a\": null", ".a", "must be a string")]
    [InlineData("\"a\": \"-x\"", ".a", "label value")]
    [InlineData("\"a\": \"x y\"", ".a", "label value")]
    [InlineData("\"a\": \"1234567890123456789012345678901234567890123456789012345678901234\"", ".a", "at most 63")]
    [InlineData("\"a\": \"1\", \"a\": \"2\"", ".a", "more than once")]
    public void A_label_that_breaks_the_label_grammar_is_named(string member, string field, string rule)
    {
        var fault = Assert.Single(Faults($$"""{"name": "x", "labels": {{{member}}}, "repomen": []}"""));

        Assert.Equal("labels" + field, fault.Field);
        Assert.Contains(rule, fault.Rule, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("A.b_c-9")]
    [InlineData("a.b/c")]
    [InlineData("node-role.kubernetes.io/worker")]
    public void Label_keys_of_every_form_are_accepted(string key) =>
        Assert.Equal("v", Valid($$"""{"name": "x", "labels": {"{{key}}": "v"}, "repomen": []}""").Labels[key]);

    [Fact]
    public void Counts_are_bounded()
    {
        var labels = string.Join(',', Enumerable.Range(0, 65).Select(i => $"\"l{i}\": \"\""));
        var image = "{\"name\": \"a\", \"image_url\": \"b\"}";

        AssertFault($$"""{"name": "x", "labels": {{{labels}}}, "repomen": []}""", "labels", "at most 64 labels");
        AssertFault(Machine(string.Join(',', Enumerable.Repeat(Rubin, 65))), "repomen", "at most 64 elements");
        AssertFault(Machine($$"""{"type": "SimpleRepoMan", "images": [{{string.Join(',', Enumerable.Repeat(image, 1001))}}]}"""), "repomen[0].images", "at most 1000 elements");
        AssertFault(Machine(Rubin.Replace("\"repo\"", $"\"alias_tags\": [{string.Join(',', Enumerable.Repeat("\"a\"", 101))}], \"repo\"", StringComparison.Ordinal)), "repomen[0].alias_tags", "at most 100 elements");
    }

    [Fact]
    public void All_faults_come_at_once_in_the_order_of_the_fields()
    {
        var faults = Faults("""
            {
              "nmae": "x", "labels": {"a": 1, "b c": ""},
              "repomen": [{"type": "RubinRepoMan", "num_releases": -1, "num_weeklies": 1, "extra": {}}, {"type": "SimpleRepoMan", "images": [{"name": 3}]}, 4]
            }
            """);

        Assert.Equal(
            [
                "nmae", "name", "labels.a", "labels[\"b c\"]", "repomen[0].extra", "repomen[0].repo", "repomen[0].num_releases",
                "repomen[0].num_dailies", "repomen[1].images[0].name", "repomen[1].images[0].image_url", "repomen[2]",
            ],
            faults.Select(f => f.Field));
        Assert.Equal(["x", null, "1", "", "{...}", null, "-1", null, "3", null, "4"], faults.Select(f => f.Value));
    }

    [Fact]
    public void The_answer_to_a_hostile_body_is_bounded()
    {
        var members = string.Join(',', Enumerable.Range(0, 50_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"{new string('k', 15)}{i}\": \"{new string('v', 1)}\"")));

        var faults = Faults($$"""{{{members}}, "{{new string('n', 100_000)}}": "{{new string('w', 100_000)}}"}""");
        var longName = Assert.Single(Faults($$"""{"name": "{{new string('w', 100_000)}}", "labels": {}, "repomen": []}"""));

        Assert.Equal(SpecFaults.Max, faults.Count);
        Assert.Equal(103, longName.Value!.Length);
    }
}
