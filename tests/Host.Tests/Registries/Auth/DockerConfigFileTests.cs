using CacheMachine.Host.Registries;
using CacheMachine.Host.Registries.Auth;
using CacheMachine.Host.Tests.Registries.Doubles;

namespace CacheMachine.Host.Tests.Registries.Auth;

public sealed class DockerConfigFileTests
{
    [Fact]
    public void No_file_means_anonymous_until_there_is_one()
    {
        using var config = new TemporaryConfig();
        var file = new DockerConfigFile(config.Path);
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
        var file = new DockerConfigFile(config.Path);
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
        var file = new DockerConfigFile(config.Path);
        Assert.Equal("u1", file.Find("h", "a")?.Username);

        Directory.Delete(data);
        Directory.CreateSymbolicLink(data, "v2");
        Assert.Equal("u2", file.Find("h", "a")?.Username);
    }

    [Fact]
    public void A_malformed_file_is_named()
    {
        using var config = new TemporaryConfig("""{"auths":[]}""");
        var exception = Assert.Throws<RegistryException>(() => new DockerConfigFile(config.Path).Find("h", "a"));
        Assert.Equal(RegistryErrorKind.Configuration, exception.Kind);
        Assert.Contains(config.Path, exception.Message, StringComparison.Ordinal);
        Assert.Contains("'auths' is not an object", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_place_of_the_file_is_an_error()
    {
        using var config = new TemporaryConfig();
        Directory.CreateDirectory(config.Path);
        var exception = Assert.Throws<RegistryException>(() => new DockerConfigFile(config.Path).Find("h", "a"));
        Assert.Equal(RegistryErrorKind.Configuration, exception.Kind);
    }
}
