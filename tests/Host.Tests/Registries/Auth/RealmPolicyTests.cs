using CacheMachine.Host.Registries;
using CacheMachine.Host.Registries.Auth;
using CacheMachine.Host.Registries.Http;

namespace CacheMachine.Host.Tests.Registries.Auth;

public sealed class RealmPolicyTests
{
    [Theory]
    [InlineData("registry.example.test", "https://registry.example.test/token", true)]
    [InlineData("registry.example.test:5050", "https://registry.example.test:5050/token", true)]
    [InlineData("registry.example.test:5050", "https://registry.example.test/token", false)]
    [InlineData("registry.example.test", "https://registry.example.test:5050/token", false)]
    [InlineData("example.test", "https://auth.example.test:8443/token", false)]
    [InlineData("docker.io", "https://auth.docker.io:8443/token", false)]
    [InlineData("example.test", "https://auth.example.test/token", true)]
    [InlineData("docker.io", "https://auth.docker.io/token", true)]
    [InlineData("registry.hub.docker.com", "https://auth.docker.io/token", true)]
    [InlineData("registry.gitlab.com", "https://gitlab.com/jwt/auth", true)]
    [InlineData("listed.test", "https://sso.corp.test/token", true)]
    [InlineData("listed.test", "https://port.corp.test:8443/token", true)]
    [InlineData("listed.test", "https://port.corp.test/token", false)]
    [InlineData("LISTED.test:443", "https://SSO.corp.test:443/token", true)]
    [InlineData("listed.test:5000", "https://sso.corp.test/token", false)]
    [InlineData("other.test", "https://sso.corp.test/token", false)]
    [InlineData("port.test:5000", "https://sso.corp.test/token", true)]
    [InlineData("port.test", "https://sso.corp.test/token", false)]
    [InlineData("registry.example.test", "https://auth.example.test/token", false)]
    [InlineData("registry.example.test", "https://example.test/token", false)]
    [InlineData("example.test", "https://evilexample.test/token", false)]
    [InlineData("docker.io", "https://auth.docker.io.evil.test/token", false)]
    [InlineData("evil.test", "https://auth.docker.io/token", false)]
    [InlineData("10.0.0.1", "https://1.10.0.0.1/token", false)]
    public void Credentials_go_to_a_token_server_that_belongs_to_the_registry(string registry, string realm, bool allowed)
    {
        var endpoint = RegistryEndpoint.For(registry, new HostList([], "none"));
        string[] trusted = ["listed.test=sso.corp.test", "listed.test=port.corp.test:8443", "port.test:5000=sso.corp.test:443"];
        var policy = new RealmPolicy(new TrustedRealms(trusted));
        Assert.Equal(allowed, policy.MayReceiveCredentials(endpoint, new Uri(realm)));
    }
}
