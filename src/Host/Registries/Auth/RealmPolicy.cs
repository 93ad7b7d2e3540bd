using CacheMachine.Host.Registries.Http;

namespace CacheMachine.Host.Registries.Auth;

/// <summary>
/// Which token server may get a registry's credentials. A registry names its token server in the challenge, so a hostile or
/// broken one could name any; credentials go only where they would be safe anyway.
/// </summary>
internal sealed class RealmPolicy(HostList trustedRealms)
{
    // Public registries whose token server is neither the host itself nor below it.
    private static readonly Dictionary<string, string> KnownRealms = new(StringComparer.OrdinalIgnoreCase)
    {
        ["registry.gitlab.com"] = "gitlab.com",
    };

    /// <summary>
    /// The registry's own host on any port, a host below it (whoever owns a name owns those below it), the well-known
    /// token servers of public registries, and those listed. A sibling (auth.example.com for registry.example.com) is not
    /// enough: under a shared suffix such as github.io siblings are strangers.
    /// </summary>
    public bool MayReceiveCredentials(RegistryEndpoint registry, Uri realm)
    {
        var host = registry.BaseUri.Host;
        return realm.Host.Equals(host, StringComparison.OrdinalIgnoreCase)
            || (registry.BaseUri.HostNameType == UriHostNameType.Dns && realm.Host.EndsWith("." + host, StringComparison.OrdinalIgnoreCase))
            || (DockerHub.IsAlias(host) && DockerHub.IsTokenServer(realm.Host))
            || (KnownRealms.TryGetValue(host, out var known) && realm.Host.Equals(known, StringComparison.OrdinalIgnoreCase))
            || trustedRealms.Contains(realm);
    }
}
