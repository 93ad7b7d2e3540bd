using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace CacheMachine.Host.Registries.Auth;

/// <summary>
/// The <c>auths</c> of a <c>.dockerconfigjson</c>. A key is a host, a host with a port, either with a repository prefix, or
/// a URL of these. The names of Docker Hub stand for each other. Wildcards are not supported.
/// </summary>
internal sealed class DockerConfig
{
    private readonly List<Entry> _entries;

    private DockerConfig(List<Entry> entries) => _entries = entries;

    public static DockerConfig Empty { get; } = new([]);

    /// <exception cref="FormatException">The file is no such configuration; the message says where, never what is there.</exception>
    public static DockerConfig Parse(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty) throw new FormatException("it is empty");
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new FormatException("it is not a JSON object");
            if (!document.RootElement.TryGetProperty("auths", out var auths) || auths.ValueKind == JsonValueKind.Null) return Empty;
            if (auths.ValueKind != JsonValueKind.Object) throw new FormatException("'auths' is not an object");
            return new DockerConfig([.. auths.EnumerateObject().Select(Entry.Read).OfType<Entry>()]);
        }
        catch (JsonException e)
        {
            // The exception's own message may quote the text.
            throw new FormatException($"it is not JSON from line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1} on");
        }
    }

    /// <summary>All of them, of the entries that are well-formed.</summary>
    public IEnumerable<Credential> Credentials => _entries.Select(entry => entry.Credential).OfType<Credential>();

    /// <summary>The credential for a repository; null for anonymous. The host itself goes before its aliases, a longer prefix before a shorter.</summary>
    /// <exception cref="FormatException">The entry for the repository is malformed. Entries of other hosts do not matter.</exception>
    public Credential? Find(string registry, string repository)
    {
        var entry = _entries
            .Where(entry => entry.Covers(registry, repository))
            .OrderByDescending(entry => entry.Host == registry)
            .ThenByDescending(entry => entry.Prefix.Length)
            .FirstOrDefault();
        return entry?.Fault is { } fault ? throw new FormatException(fault) : entry?.Credential;
    }

    private sealed record Entry(string Host, string Prefix, Credential? Credential, string? Fault)
    {
        /// <summary>Null for a key that no host has.</summary>
        public static Entry? Read(JsonProperty property)
        {
            string? key = null;
            try
            {
                key = property.Name;
                var (host, prefix) = SplitKey(key);
                var credential = TryRead(property.Value, out var field, out var rule);
                return new Entry(host, prefix, credential, field is null ? null : $"'auths[\"{key}\"]{field}' {rule}");
            }
            catch (InvalidOperationException)
            {
                // A text that is no Unicode.
                if (key is null) return null;
                var (host, prefix) = SplitKey(key);
                return new Entry(host, prefix, null, $"'auths[\"{key}\"]' has half a character");
            }
        }

        public bool Covers(string registry, string repository) =>
            (Host == registry || (DockerHub.IsAlias(Host) && DockerHub.IsAlias(registry)))
            && (Prefix.Length == 0 || repository == Prefix || repository.StartsWith(Prefix + "/", StringComparison.Ordinal));

        // "https://index.docker.io/v1/" is Docker's own way of writing a host.
        private static (string Host, string Prefix) SplitKey(string key)
        {
            var start = key.IndexOf("://", StringComparison.Ordinal);
            var rest = start < 0 ? key : key[(start + 3)..];
            var slash = rest.IndexOf('/', StringComparison.Ordinal);
            var host = (slash < 0 ? rest : rest[..slash]).ToLowerInvariant();
            var prefix = slash < 0 ? "" : rest[(slash + 1)..].TrimEnd('/');
            return (host, prefix is "v1" or "v2" ? "" : prefix);
        }

        // As Docker does: "auth" goes before "username" and "password".
        private static Credential? TryRead(JsonElement value, out string? field, out string? rule)
        {
            (field, rule) = (null, null);
            if (value.ValueKind != JsonValueKind.Object)
            {
                (field, rule) = ("", "is not an object");
                return null;
            }

            if (!TryText(value, "username", ref field, ref rule, out var username)
                || !TryText(value, "password", ref field, ref rule, out var password)
                || !TryText(value, "identitytoken", ref field, ref rule, out var identityToken)
                || !TryText(value, "auth", ref field, ref rule, out var auth)) return null;

            if (auth is not null)
            {
                var bytes = new byte[auth.Length];
                if (!Convert.TryFromBase64String(auth, bytes, out var count))
                {
                    (field, rule) = (".auth", "is not base64");
                    return null;
                }

                var pair = Encoding.UTF8.GetString(bytes, 0, count).TrimEnd('\0');
                var colon = pair.IndexOf(':', StringComparison.Ordinal);
                if (colon < 0)
                {
                    (field, rule) = (".auth", "is not 'username:password' in base64");
                    return null;
                }

                (username, password) = (pair[..colon], pair[(colon + 1)..]);
            }

            return string.IsNullOrEmpty(username) && identityToken is null ? null : new Credential(username ?? "", password ?? "", identityToken);
        }

        private static bool TryText(
            JsonElement value, string name, ref string? field, ref string? rule, [MaybeNull] out string text)
        {
            text = null;
            if (!value.TryGetProperty(name, out var property) || property.ValueKind == JsonValueKind.Null) return true;
            if (property.ValueKind == JsonValueKind.String)
            {
                text = property.GetString() is { Length: > 0 } present ? present : null;
                return true;
            }

            (field, rule) = ("." + name, "is not a string");
            return false;
        }
    }
}
