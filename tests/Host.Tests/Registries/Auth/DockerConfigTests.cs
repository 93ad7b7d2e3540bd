using System.Text;
using CacheMachine.Host.Registries.Auth;

namespace CacheMachine.Host.Tests.Registries.Auth;

public sealed class DockerConfigTests
{
    private static readonly string Auth = Convert.ToBase64String(Encoding.UTF8.GetBytes("user:pass:word"));

    [Theory]
    [InlineData("host.test:5000", "host.test:5000")]
    [InlineData("https://host.test", "host.test")]
    [InlineData("https://host.test/v1/", "host.test")]
    [InlineData("https://host.test/v2", "host.test")]
    [InlineData("http://host.test:5000/", "host.test:5000")]
    [InlineData("HOST.test", "host.test")]
    [InlineData("host.test/a", "host.test")]
    [InlineData("https://index.docker.io/v1/", "docker.io")]
    [InlineData("https://index.docker.io/v1/", "registry.hub.docker.com")]
    [InlineData("docker.io", "registry-1.docker.io")]
    [InlineData("registry.hub.docker.com", "docker.io")]
    public void A_key_stands_for_its_host(string key, string registry) =>
        Assert.Equal(new Credential("user", "pass:word", null), Find(Config(key), registry, "a/b"));

    [Theory]
    [InlineData("host.test:5000", "host.test")]
    [InlineData("host.test", "host.test:5000")]
    [InlineData("host.test", "sub.host.test")]
    [InlineData("docker.io", "docker.io.evil.test")]
    [InlineData("host.test/other", "host.test")]
    [InlineData("host.test/a/bb", "host.test")]
    public void A_key_stands_for_no_other_host_or_path(string key, string registry) => Assert.Null(Find(Config(key), registry, "a/b"));

    [Fact]
    public void The_closest_key_counts()
    {
        var config = """
            {"auths":{
              "https://index.docker.io/v1/":{"username":"alias","password":"p"},
              "host.test":{"username":"host","password":"p"},
              "host.test/a":{"username":"path","password":"p"},
              "docker.io":{"username":"own","password":"p"}}}
            """;
        Assert.Equal("path", Find(config, "host.test", "a/b")?.Username);
        Assert.Equal("host", Find(config, "host.test", "b")?.Username);
        Assert.Equal("own", Find(config, "docker.io", "a/b")?.Username);
    }

    [Theory]
    [InlineData("""{"username":"u","password":"p"}""", "u", "p", null)]
    [InlineData("""{"username":"u","password":"p","auth":""}""", "u", "p", null)]
    [InlineData("""{"username":"u","password":"p","auth":"eDp5"}""", "x", "y", null)]
    [InlineData("""{"auth":"eDp5AAA="}""", "x", "y", null)]
    [InlineData("""{"auth":"dTo=","identitytoken":"t"}""", "u", "", "t")]
    [InlineData("""{"identitytoken":"t"}""", "", "", "t")]
    public void An_entry_has_several_forms(string entry, string username, string password, string? identityToken) =>
        Assert.Equal(new Credential(username, password, identityToken), Find($$"""{"auths":{"h":{{entry}} } }""", "h", "a"));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"auths":{}}""")]
    [InlineData("""{"auths":null}""")]
    [InlineData("""{"auths":{"h":{}}}""")]
    [InlineData("""{"auths":{"h":{"email":"e"}},"credsStore":"desktop"}""")]
    public void No_credential_means_anonymous(string json) => Assert.Null(Find(json, "h", "a"));

    [Theory]
    [InlineData("""{"auths":{"h":{"auth":"s3cret!"}}}""", "'auths[\"h\"].auth' is not base64")]
    [InlineData("""{"auths":{"h":{"auth":"czNjcmV0"}}}""", "'auths[\"h\"].auth' is not 'username:password' in base64")]
    [InlineData("""{"auths":{"h":{"username":"u","password":["s3cret"]}}}""", "'auths[\"h\"].password' is not a string")]
    [InlineData("""{"auths":{"h":"s3cret"}}""", "'auths[\"h\"]' is not an object")]
    [InlineData("""{"auths":"s3cret"}""", "'auths' is not an object")]
    [InlineData("""["s3cret"]""", "it is not a JSON object")]
    [InlineData("{\"auths\":\n{s3cret", "it is not JSON from line 2, byte 2 on")]
    public void A_fault_names_its_field_and_never_the_secret(string json, string says)
    {
        var exception = Assert.Throws<FormatException>(() => Find(json, "h", "a"));
        Assert.Contains(says, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_malformed_entry_harms_no_other_host() =>
        Assert.Equal("x", Find("""{"auths":{"bad":{"auth":"!"},"h":{"auth":"eDp5"}}}""", "h", "a")?.Username);

    [Fact]
    public void A_credential_does_not_print_itself() =>
        Assert.DoesNotContain("pass", new Credential("user", "pass", "pass").ToString(), StringComparison.Ordinal);

    private static string Config(string key) => $$$"""{"auths":{"{{{key}}}":{"auth":"{{{Auth}}}"} } }""";

    private static Credential? Find(string json, string registry, string repository) =>
        DockerConfig.Parse(Encoding.UTF8.GetBytes(json)).Find(registry, repository);
}
