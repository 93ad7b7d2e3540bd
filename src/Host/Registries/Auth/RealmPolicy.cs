namespace CacheMachine.Host.Registries.Auth;

/// <summary>
/// Which token server may get a registry's credentials. A registry names its token server in the challenge, so a hostile or
/// broken one could name any; credentials go only where they would be safe anyway.
/// </summary>
internal sealed class RealmPolicy(TrustedRealms trusted)
{
    // Public registries whose token server is neither the host itself nor below it.
    private static readonly Dictionary<string, string> KnownRealms = new(StringComparer.OrdinalIgnoreCase)
    {
        ["registry.gitlab.com"] = "gitlab.com",
    };

    /// <summary>
    /// The registry itself, a host below it (whoever owns a name owns those below it), the well-known token servers of public
    /// registries, all at the registry's own port; and those that are listed for it. A sibling (auth.example.com for
    /// registry.example.com) is not enough: under a shared suffix such as github.io siblings are strangers, as are ports of one host.
    /// </summary>
    public bool MayReceiveCredentials(RegistryEndpoint registry, Uri realm) =>
        (realm.Port == registry.BaseUri.Port && IsOf(registry.BaseUri, realm.Host)) || trusted.Contain(registry, realm);

    private static bool IsOf(Uri registry, string realm) =>
        realm.Equals(registry.Host, StringComparison.OrdinalIgnoreCase)
        || (registry.HostNameType == UriHostNameType.Dns && realm.EndsWith("." + registry.Host, StringComparison.OrdinalIgnoreCase))
        || (DockerHub.IsAlias(registry.Host) && DockerHub.IsTokenServer(realm))
        || (KnownRealms.TryGetValue(registry.Host, out var known) && realm.Equals(known, StringComparison.OrdinalIgnoreCase));
}
