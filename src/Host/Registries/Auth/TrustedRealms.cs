using CacheMachine.Host.Registries.Http;

namespace CacheMachine.Host.Registries.Auth;

/// <summary>
/// Token servers that an operator trusts with the credentials of one registry, each <c>registry=token-server</c>, both a host with an
/// optional port.
/// </summary>
internal sealed class TrustedRealms(IEnumerable<string> entries)
{
    /// <summary>The setting that has them.</summary>
    public const string Setting = "registry.trusted-realms";

    private readonly List<(HostList Registry, HostList Realm)> _entries = [.. entries.Select(Read)];

    public bool Contain(RegistryEndpoint registry, Uri realm)
    {
        // By the name that images have: the API may be elsewhere.
        var named = new Uri($"{registry.BaseUri.Scheme}://{registry.Name}/");
        return _entries.Exists(entry => entry.Registry.Contains(named) && entry.Realm.Contains(realm));
    }

    private static (HostList, HostList) Read(string entry) => entry.Split('=') is [var registry, var realm]
        ? (new HostList([registry], Setting), new HostList([realm], Setting))
        : throw new ArgumentException($"{Setting}: '{entry}' is not REGISTRY=TOKEN-SERVER.", nameof(entry));
}
