using CacheMachine.Host.Registries;
using CacheMachine.Host.Registries.Http;

namespace CacheMachine.Host.Tests.Registries;

public sealed class RegistryEndpointTests
{
    [Theory]
    [InlineData("docker.io", "https://registry-1.docker.io/")]
    [InlineData("index.docker.io", "https://registry-1.docker.io/")]
    [InlineData("registry.hub.docker.com", "https://registry.hub.docker.com/")]
    [InlineData("Quay.IO", "https://quay.io/")]
    [InlineData("host.test:5000", "https://host.test:5000/")]
    [InlineData("localhost:5000", "https://localhost:5000/")]
    [InlineData("listed.test", "http://listed.test/")]
    [InlineData("listed.test:80", "http://listed.test/")]
    [InlineData("listed.test:5000", "https://listed.test:5000/")]
    [InlineData("port.test:5000", "http://port.test:5000/")]
    [InlineData("port.test:5001", "https://port.test:5001/")]
    [InlineData("port.test", "https://port.test/")]
    [InlineData("eighty.test", "http://eighty.test/")]
    [InlineData("[::1]:5000", "http://[::1]:5000/")]
    public void The_api_is_at(string registry, string expected) => Assert.Equal(
        expected,
        RegistryEndpoint.For(registry, new HostList(["LISTED.test", "port.test:5000", "eighty.test:80", "[::1]:5000"], "insecure")).BaseUri.ToString());
}
