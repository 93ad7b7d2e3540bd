using CacheMachine.Actors.Images;

namespace CacheMachine.Host.Registries.Http;

/// <summary>Hosts from configuration, each <c>host:port</c>, or <c>host</c> for the default port. Case does not matter.</summary>
internal sealed class HostList
{
    private readonly HashSet<string> _entries;

    public HostList(IEnumerable<string> entries, string setting)
    {
        _entries = new HashSet<string>(entries, StringComparer.OrdinalIgnoreCase);
        foreach (var entry in _entries)
        {
            if (ReferenceGrammar.CheckRegistry(entry) is not null)
                throw new ArgumentException($"{setting}: '{entry}' is not a host name with an optional port.", nameof(entries));
        }
    }

    /// <summary>Whether the list has this very host and port; another port of a host may be another owner's.</summary>
    public bool Contains(Uri uri) => _entries.Contains($"{uri.Host}:{uri.Port}") || (uri.IsDefaultPort && _entries.Contains(uri.Host));
}
