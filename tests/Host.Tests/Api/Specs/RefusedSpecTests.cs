using System.Text;
using CacheMachine.Host.Api;
using CacheMachine.Host.Api.Specs;
using static CacheMachine.Host.Tests.Api.Specs.SpecBodies;

namespace CacheMachine.Host.Tests.Api.Specs;

public class RefusedSpecTests
{
    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("   ", "line 1")]
    [InlineData("{", "line 1")]
    [InlineData("{\n  \"name\": \"x\",\n  oops\n}", "line 3, position 3")]
    [InlineData("{\"name\": 'x'}", "line 1, position 10")]
    [InlineData("{} {}", "line 1, position 4")]
    [InlineData("{\"name\": \"x\",}", "line 1")]
    [InlineData("{\n\"name\": \"\\ud800\"}", "half a character in the string at line 2, position 9")]
    public void What_is_not_JSON_is_refused_with_its_position(string body, string expected)
    {
        var read = Read(body);

        Assert.Contains(expected, read.NotJson, StringComparison.Ordinal);
        Assert.Null(read.Spec);
        Assert.Empty(read.Faults);
    }

    [Fact]
    public void What_is_not_UTF8_is_refused_with_its_position() =>
        Assert.Equal("it is not UTF-8 at line 2, position 8", MachineSpecReader.Read((byte[])[.. Encoding.UTF8.GetBytes("{\n\"né\": "), 0xC3, 0x28]).NotJson);

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"name\"")]
    [InlineData("17")]
    public void A_body_is_an_object(string body) =>
        Assert.Equal(("", body, "must be an object with the fields name, labels"), Short(Fault(body)));

    [Fact]
    public void A_body_is_not_deep()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 16)) + string.Concat(Enumerable.Repeat("]", 16));

        Assert.Contains("at most 16 levels of objects and arrays deep, and is deeper at line 1, position 17", Fault($"[{deep}]").Rule, StringComparison.Ordinal);
        Assert.Equal("must be an object with the fields name, labels", Short(Fault(deep)).Rule);
    }

    [Fact]
    public void All_faults_are_told_at_once_and_in_the_order_of_the_fields()
    {
        var faults = Faults("""
            {
              "name": "Up per",
              "colour": "red",
              "labels": {"a b": "c", "d": 1},
              "repomen": [
                {"type": "RubinRepoMan", "repo": "x", "num_releases": -1, "num_weeklies": 1},
                {"type": "SimpleRepoMan", "images": [{"name": "", "image_url": "a b"}, 3]},
                {"type": "Other"}
              ],
              "paused": "no"
            }
            """);

        Assert.Equal(
            [
                ("colour", "\"red\""),
                ("name", "\"Up per\""),
                ("labels[\"a b\"]", "\"c\""),
                ("labels.d", "1"),
                ("repomen[0].num_releases", "-1"),
                ("repomen[0].num_dailies", null),
                ("repomen[1].images[0].name", "\"\""),
                ("repomen[1].images[0].image_url", "\"a b\""),
                ("repomen[1].images[1]", "3"),
                ("repomen[2].type", "\"Other\""),
                ("paused", "\"no\""),
            ],
            faults.Select(fault => (fault.Field, fault.Value)));
    }

    [Theory]
    [InlineData("""{"name": "m", "labels": {}, "repomen": [], "color": 1}""", "color")]
    [InlineData("""{"name": "m", "labels": {}, "repomen": [{"type": "SimpleRepoMan", "images": [], "repo": "x"}]}""", "repomen[0].repo")]
    [InlineData("""{"name": "m", "labels": {}, "repomen": [{"type": "SimpleRepoMan", "images": [{"name": "a", "image_url": "b", "tag": 1}]}]}""", "repomen[0].images[0].tag")]
    [InlineData("""{"name": "m", "labels": {}, "repomen": [], "tolerations": [{"operator": "Exists", "tolerationSeconds": 5}]}""", "tolerations[0].tolerationSeconds")]
    [InlineData("""{"name": "m", "labels": {}, "repomen": [], "pod_resources": {"claims": []}}""", "pod_resources.claims")]
    [InlineData("""{"name": "m", "labels": {}, "repomen": [], "pod_resources": {"limits": {"example.org/gpu": 1}}}""", "pod_resources.limits[\"example.org/gpu\"]")]
    [InlineData("""{"name": "m", "labels": {}, "repomen": [], "node_selector_terms": [{"matchExpressions": [{"key": "a", "operator": "Exists", "x": 1}]}]}""", "node_selector_terms[0].matchExpressions[0].x")]
    public void An_unknown_field_is_refused_by_name(string body, string path)
    {
        var fault = Fault(body);

        Assert.Equal(path, fault.Field);
        Assert.StartsWith("there is no such field; the fields are ", fault.Rule, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name": "m", "name": "n", "labels": {}, "repomen": []}""", "name", "\"n\"")]
    [InlineData("""{"name": "m", "labels": {"a": "1", "a": "2"}, "repomen": []}""", "labels.a", "\"2\"")]
    [InlineData("""{"name": "m", "labels": {}, "repomen": [{"type": "SimpleRepoMan", "type": "SimpleRepoMan", "images": []}]}""", "repomen[0].type", "\"SimpleRepoMan\"")]
    [InlineData("""{"name": "m", "na\u006de": "m", "labels": {}, "repomen": []}""", "name", "\"m\"")]
    public void A_field_that_is_there_twice_is_refused(string body, string path, string value) =>
        Assert.Equal(new Fault(path, value, "is there more than once"), Fault(body));

    [Theory]
    [InlineData("name")]
    [InlineData("labels")]
    [InlineData("repomen")]
    public void The_fields_of_the_old_schema_are_required(string field)
    {
        Assert.Equal(new Fault(field, null, "is required"), Fault(With(field, null)));
        Assert.Equal(new Fault(field, "null", "is required"), Fault(With(field, "null")));
    }

    [Fact]
    public void A_value_is_shown_short_and_without_control_characters()
    {
        var fault = Fault(With("name", $"[\n\"{new string('é', 500)}\"]"));

        Assert.Equal($"[ \"{new string('é', 94)}...", fault.Value);
        Assert.Equal(PlainText.MaxShown, fault.Value!.Length);
        Assert.InRange(Fault(With(new string('f', 5000), "1")).Field.Length, 1, PlainText.MaxShown + 4);
        Assert.Equal("[\"a b\"]", Fault(With("a\\nb", "1")).Field);
    }

    [Fact]
    public void Faults_beyond_a_thousand_are_counted()
    {
        var faults = Faults(With("labels", "{}").Replace("{\"labels\"", $"{{{string.Concat(Enumerable.Range(0, 1200).Select(i => $"\"x{i}\": 1, "))}\"labels\"", StringComparison.Ordinal));

        Assert.Equal(SpecFaults.MaxListed + 1, faults.Count);
        Assert.Equal(new Fault("", null, "200 more faults are not listed"), faults[^1]);
    }

    // The rule's beginning is enough to tell which it is.
    private static (string Field, string? Value, string Rule) Short(Fault fault) => (fault.Field, fault.Value, string.Join(", ", fault.Rule.Split(", ").Take(2)));
}
