using System.Text.RegularExpressions;
using CacheMachine.Actors.Images;
using CacheMachine.Host.Configuration.Settings;

namespace CacheMachine.Host.Api.Specs;

/// <summary>Grammars of the texts in a body. Each check gives the rule that is broken, or null.</summary>
internal static partial class SpecRules
{
    private const string AnyHost = "registry.example";

    /// <summary>Two 63-character labels must hold the name and a hash, so it ends at 52.</summary>
    public static string? MachineName(string text) => text.Length <= 52 && DnsLabel().IsMatch(text)
        ? null
        : "must be a DNS label of at most 52 characters: lower-case letters, digits and '-', beginning and ending with a letter or digit";

    /// <summary>What a person reads; may be empty, as in the older service.</summary>
    public static string? DisplayName(string text) => text.Length <= 256 && !text.Any(char.IsControl)
        ? null
        : "must be at most 256 characters, none of them a control character";

    public static string? ImageUrl(string text) => ImageReference.TryParse(text, out _, out var error) ? null : $"must be an image reference: {error}";

    public static string? Digest(string text) => Sha256().IsMatch(text) ? null : "must be 'sha256:' and 64 lower-case hexadecimal digits, or null";

    public static string? Tag(string text) =>
        ImageReference.TryParse($"{AnyHost}/x:{text}", out var reference, out _) && reference.Tag == text && reference.Digest is null
            ? null
            : "must be a tag: 1 to 128 letters, digits, '_', '.' or '-', the first neither '.' nor '-'";

    /// <summary>A path in a registry, without host, tag and digest.</summary>
    public static string? Repository(string text)
    {
        if (!ImageReference.TryParse($"{AnyHost}/{text}", out var reference, out var error))
            return $"must be a repository in the registry: {error}";
        return reference.Repository == text && reference.Digest is null
            ? null
            : "must be a repository in the registry, without a tag or digest";
    }

    /// <summary>As the first part of an image reference: container runtimes take a name without dot and port for a part of the path.</summary>
    public static string? RegistryUrl(string text) =>
        SettingsRules.IsRegistryHost(text) && ImageReference.TryParse($"{text}/x", out var reference, out _)
        && (reference.Registry == text || text == "index.docker.io")
            ? null
            : "must be HOST or HOST:PORT, without a scheme or path, and with a dot, a port, or localhost";

    /// <summary>https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set</summary>
    public static string? LabelKey(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var prefix = slash < 0 ? null : text[..slash];
        return LabelName().IsMatch(text[(slash + 1)..]) && (prefix is null || SettingsRules.IsResourceName(prefix))
            ? null
            : "must be a label key: NAME or PREFIX/NAME; NAME of 1 to 63 letters, digits, '-', '_' or '.', beginning and ending with a letter or digit; PREFIX a DNS name of at most 253 characters";
    }

    public static string? LabelValue(string text) => text.Length == 0 || LabelName().IsMatch(text)
        ? null
        : "must be a label value: at most 63 letters, digits, '-', '_' or '.', beginning and ending with a letter or digit, or empty";

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9-]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex DnsLabel();

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex LabelName();

    [GeneratedRegex(@"^sha256:[0-9a-f]{64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Sha256();
}
