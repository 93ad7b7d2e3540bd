using CacheMachine.Host.Registries;
using CacheMachine.Host.Registries.Auth;
using CacheMachine.Host.Registries.Http;
using CacheMachine.Host.Tests.Registries.Doubles;
using Microsoft.Extensions.Logging;

namespace CacheMachine.Host.Tests.Registries.Auth;

public sealed class DockerConfigFileTests
{
    private readonly RecordedLog _log = new();

    [Fact]
    public void No_file_means_anonymous_until_there_is_one()
    {
        using var config = new TemporaryConfig();
        var file = Open(config);
        Assert.Null(file.Find("h", "a"));
        config.Write("""{"auths":{"h":{"username":"u","password":"p"}}}""");
        Assert.Equal("u", file.Find("h", "a")?.Username);
        File.Delete(config.Path);
        Assert.Null(file.Find("h", "a"));
    }

    [Fact]
    public void A_change_of_time_alone_is_seen()
    {
        using var config = TemporaryConfig.For("h", "u1", "p");
        var file = Open(config);
        Assert.Equal("u1", file.Find("h", "a")?.Username);
        var before = File.GetLastWriteTimeUtc(config.Path);
        config.Write("""{"auths":{"h":{"username":"u2","password":"p"}}}""");
        File.SetLastWriteTimeUtc(config.Path, before.AddTicks(10));
        Assert.Equal("u2", file.Find("h", "a")?.Username);
    }

    // kubelet mounts a secret as links into a folder of its own for each version, and swaps one link.
    [Fact]
    public void A_swap_of_a_mounted_secret_is_seen()
    {
        using var config = new TemporaryConfig();
        var data = Path.Combine(config.Folder, "..data");
        foreach (var (version, user) in new[] { ("v1", "u1"), ("v2", "u2") })
        {
            Directory.CreateDirectory(Path.Combine(config.Folder, version));
            File.WriteAllText(Path.Combine(config.Folder, version, ".dockerconfigjson"), $$$"""{"auths":{"h":{"username":"{{{user}}}","password":"p"} } }""");
        }

        var first = File.GetLastWriteTimeUtc(Path.Combine(config.Folder, "v1", ".dockerconfigjson"));
        File.SetLastWriteTimeUtc(Path.Combine(config.Folder, "v2", ".dockerconfigjson"), first.AddSeconds(1));
        Directory.CreateSymbolicLink(data, "v1");
        File.CreateSymbolicLink(config.Path, Path.Combine("..data", ".dockerconfigjson"));
        var file = Open(config);
        Assert.Equal("u1", file.Find("h", "a")?.Username);

        Directory.Delete(data);
        Directory.CreateSymbolicLink(data, "v2");
        Assert.Equal("u2", file.Find("h", "a")?.Username);
    }

    [Fact]
    public void A_link_to_nothing_is_no_file()
    {
        using var config = new TemporaryConfig();
        File.CreateSymbolicLink(config.Path, "nothing");
        Assert.Null(Open(config).Find("h", "a"));
    }

    // While it is written anew it is empty, then half there.
    [Theory]
    [InlineData("", "it is empty")]
    [InlineData(" \n", "it is not JSON from line 2, byte 1 on")]
    [InlineData("""{"auths":{"h":{"username":"u2",""", "it is not JSON from line 1")]
    [InlineData("[]", "it is not a JSON object")]
    public void While_it_cannot_be_used_what_it_had_before_stays_in_use(string content, string reason)
    {
        using var config = TemporaryConfig.For("h", "u1", "p");
        var file = Open(config);
        Assert.Equal("u1", file.Find("h", "a")?.Username);

        config.Write(content);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("u1", file.Find("h", "a")?.Username);
            Assert.Null(file.Find("other", "a"));
        }

        config.Write("""{"auths":{"h":{"username":"u2","password":"p"}}}""");
        for (var i = 0; i < 3; i++) Assert.Equal("u2", file.Find("h", "a")?.Username);
        Assert.Equal([LogLevel.Warning, LogLevel.Information], _log.Lines.Select(line => line.Level));
        Assert.StartsWith(
            $"Credentials file {config.Path} cannot be used, so what it had before stays in use: {reason}",
            _log.Lines.First().Line,
            StringComparison.Ordinal);
        Assert.Equal($"Credentials file {config.Path} can be used again", _log.Lines.Last().Line);
    }

    [Fact]
    public void A_folder_in_its_place_is_no_reason_to_forget_either()
    {
        using var config = TemporaryConfig.For("h", "u1", "p");
        var file = Open(config);
        file.Find("h", "a");
        File.Delete(config.Path);
        Directory.CreateDirectory(config.Path);
        Assert.Equal("u1", file.Find("h", "a")?.Username);
        Assert.Contains("it is a folder", Assert.Single(_log.Lines).Line, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_trouble_is_said_too()
    {
        using var config = TemporaryConfig.For("h", "u1", "p");
        var file = Open(config);
        foreach (var content in new[] { "{}", "", "", "[]", "[]", "{}" })
        {
            config.Write(content);
            file.Find("h", "a");
        }

        Assert.Equal([LogLevel.Warning, LogLevel.Warning, LogLevel.Information], _log.Lines.Select(line => line.Level));
    }

    [Fact]
    public void A_bad_entry_concerns_its_own_host_alone()
    {
        using var config = TemporaryConfig.For("h", "u1", "p");
        var file = Open(config);
        file.Find("h", "a");
        config.Write("""{"auths":{"bad":{"auth":"%"},"\ud83d":{},"half":{"username":"\ud83d"},"h":{"username":"u2","password":"p"}}}""");
        Assert.Equal("u2", file.Find("h", "a")?.Username);
        Assert.Null(file.Find("other", "a"));
        Assert.Equal("'auths[\"bad\"].auth' is not base64", Assert.Throws<RegistryException>(() => file.Find("bad", "a")).Reason);
        Assert.Equal("'auths[\"half\"]' has half a character", Assert.Throws<RegistryException>(() => file.Find("half", "a")).Reason);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void A_malformed_file_is_named()
    {
        using var config = new TemporaryConfig("""{"auths":[]}""");
        var exception = Assert.Throws<RegistryException>(() => Open(config).Find("h", "a"));
        Assert.Equal(RegistryErrorKind.Configuration, exception.Kind);
        Assert.Contains(config.Path, exception.Message, StringComparison.Ordinal);
        Assert.Contains("'auths' is not an object", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_place_of_the_file_is_an_error()
    {
        using var config = new TemporaryConfig();
        Directory.CreateDirectory(config.Path);
        var exception = Assert.Throws<RegistryException>(() => Open(config).Find("h", "a"));
        Assert.Equal(RegistryErrorKind.Configuration, exception.Kind);
    }

    private DockerConfigFile Open(TemporaryConfig config) => new(config.Path, new KnownSecrets(TimeProvider.System), _log);
}
