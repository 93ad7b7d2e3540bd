using CacheMachine.Actors.CacheMachines;
using static CacheMachine.Host.Tests.Api.Specs.SpecBodies;

namespace CacheMachine.Host.Tests.Api.Specs;

public class RepoManRulesTests
{
    [Theory]
    [InlineData("1", "repomen[0]", "must be an object")]
    [InlineData("{}", "repomen[0].type", "is required")]
    [InlineData("{\"type\": 1}", "repomen[0].type", "must be a string")]
    [InlineData("{\"type\": \"Other\"}", "repomen[0].type", "must be one of SimpleRepoMan, RubinRepoMan")]
    [InlineData("{\"type\": \"SimpleRepoMan\"}", "repomen[0].images", "is required")]
    [InlineData("{\"type\": \"SimpleRepoMan\", \"images\": null}", "repomen[0].images", "must be an array")]
    [InlineData("{\"type\": \"SimpleRepoMan\", \"images\": [7]}", "repomen[0].images[0]", "must be an object")]
    [InlineData("{\"type\": \"SimpleRepoMan\", \"images\": [], \"repo\": \"a\"}", "repomen[0].repo", "is not known here; the fields are type, images")]
    [InlineData("{\"type\": \"SimpleRepoMan\", \"type\": \"SimpleRepoMan\", \"images\": []}", "repomen[0].type", "more than once")]
    public void A_repository_manager_that_breaks_a_rule_is_named(string repoMan, string field, string rule) => AssertFault(Machine(repoMan), field, rule);

    [Theory]
    [InlineData("{\"image_url\": \"a\"}", "name", "is required")]
    [InlineData("{\"name\": \"a\"}", "image_url", "is required")]
    [InlineData("{\"name\": \"a\\u0007\", \"image_url\": \"a\"}", "name", "control character")]
    [InlineData("{\"name\": \"a\", \"image_url\": \"a/B:c\"}", "image_url", "must be an image reference: ")]
    [InlineData("{\"name\": \"a\", \"image_url\": \"\"}", "image_url", "must be an image reference: ")]
    [InlineData("{\"name\": \"a\", \"image_url\": \"https://a/b\"}", "image_url", "must be an image reference: ")]
    [InlineData("{\"name\": \"a\", \"image_url\": null}", "image_url", "must be a string")]
    [InlineData("{\"name\": \"a\", \"image_url\": \"b\", \"image_hash\": \"sha256:12\"}", "image_hash", "64 lower-case hexadecimal digits")]
    [InlineData("{\"name\": \"a\", \"image_url\": \"b\", \"image_hash\": 1}", "image_hash", "must be a string")]
    [InlineData("{\"name\": \"a\", \"image_url\": \"b\", \"hash\": 1}", "hash", "is not known here")]
    public void An_image_that_breaks_a_rule_is_named(string image, string field, string rule) =>
        AssertFault(Machine($$"""{"type": "SimpleRepoMan", "images": [{{image}}]}"""), "repomen[0].images[0]." + field, rule);

    [Fact]
    public void A_digest_in_the_url_and_a_different_hash_contradict_each_other()
    {
        string Image(string hash) => Machine($$"""{"type": "SimpleRepoMan", "images": [{"name": "a", "image_url": "b@{{Digest}}", "image_hash": "{{hash}}"}]}""");

        Valid(Image(Digest));
        AssertFault(Image("sha256:" + new string('1', 64)), "repomen[0].images[0].image_hash", "must equal the digest in image_url");
    }

    [Theory]
    [InlineData("repo", null, "is required")]
    [InlineData("repo", "\"\"", "must be a repository")]
    [InlineData("repo", "\"A\"", "must be a repository")]
    [InlineData("repo", "\"a:b\"", "without a tag")]
    [InlineData("repo", "\"a//b\"", "must be a repository")]
    [InlineData("registry_url", "\"https://a.b\"", "HOST or HOST:PORT")]
    [InlineData("registry_url", "\"a.b/c\"", "HOST or HOST:PORT")]
    [InlineData("registry_url", "\"registry\"", "with a dot, a port, or localhost")]
    [InlineData("registry_url", "\"a.b:99999\"", "HOST or HOST:PORT")]
    [InlineData("registry_url", "\"\"", "HOST or HOST:PORT")]
    [InlineData("registry_url", "null", "must be a string")]
    [InlineData("recommended_tag", "\"a b\"", "must be a tag")]
    [InlineData("recommended_tag", "\"a@b\"", "must be a tag")]
    [InlineData("recommended_tag", "7", "must be a string")]
    [InlineData("num_releases", null, "is required")]
    [InlineData("num_releases", "-1", "a whole number from 0 to 1000")]
    [InlineData("num_weeklies", "1001", "a whole number from 0 to 1000")]
    [InlineData("num_weeklies", "1.5", "a whole number from 0 to 1000")]
    [InlineData("num_dailies", "\"3\"", "a whole number from 0 to 1000")]
    [InlineData("num_dailies", "true", "a whole number from 0 to 1000")]
    [InlineData("num_dailies", "null", "a whole number from 0 to 1000")]
    [InlineData("num_dailies", "99999999999999999999", "a whole number from 0 to 1000")]
    [InlineData("cycle", "\"20\"", "a whole number from 0 to 1000000")]
    [InlineData("cycle", "-1", "a whole number from 0 to 1000000")]
    [InlineData("alias_tags", "\"a\"", "must be an array")]
    [InlineData("alias_tags", "null", "must be an array")]
    [InlineData("num_release", "1", "is not known here")]
    public void A_field_of_a_rubin_repo_man_that_breaks_its_rule_is_named(string field, string? json, string rule)
    {
        var members = new Dictionary<string, string>
        {
            ["type"] = "\"RubinRepoMan\"",
            ["repo"] = "\"a/b\"",
            ["num_releases"] = "1",
            ["num_weeklies"] = "1",
            ["num_dailies"] = "1",
        };
        members.Remove(field);
        if (json is not null)
            members[field] = json;

        AssertFault(Machine("{" + string.Join(", ", members.Select(m => $"\"{m.Key}\": {m.Value}")) + "}"), "repomen[0]." + field, rule);
    }

    [Theory]
    [InlineData("docker.io")]
    [InlineData("index.docker.io")]
    [InlineData("localhost")]
    [InlineData("registry:5000")]
    [InlineData("us-central1-docker.pkg.dev")]
    [InlineData("[::1]:5000")]
    public void Registries_of_every_form_are_accepted(string host) =>
        Assert.Equal(
            host,
            Assert.IsType<RubinRepoManSpec>(Valid(Machine(Rubin.Replace("\"repo\"", $"\"registry_url\": \"{host}\", \"repo\"", StringComparison.Ordinal))).RepoMen[0]).RegistryUrl);

    [Fact]
    public void Each_alias_tag_is_checked() =>
        AssertFault(Machine(Rubin.Replace("\"repo\"", "\"alias_tags\": [\"ok\", \"\", \"x\"], \"repo\"", StringComparison.Ordinal)), "repomen[0].alias_tags[1]", "must be a tag");
}
