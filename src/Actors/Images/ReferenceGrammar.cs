using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace CacheMachine.Actors.Images;

/// <summary>
/// The parts of an image reference, by the rules of github.com/distribution/reference; each check answers null, or the rule that is broken. There is no
/// other grammar of them.
/// </summary>
public static partial class ReferenceGrammar
{
    private const int MaxLength = 255;
    private const int ShownLength = 80;

    // Of DNS (RFC 1035): no registry can have a longer name.
    private const int MaxHost = 253, MaxLabel = 63;

    /// <summary>A host with its port, if it has one.</summary>
    public static string? CheckRegistry(string registry) =>
        registry.Length > MaxLength ? $"the registry is longer than {MaxLength} characters"
        : Registry().Match(registry) is { Success: true } match
            ? CheckHost(match.Groups["host"].Value) ?? CheckPort(match.Groups["port"].Value)
        : $"the registry '{Show(registry)}' is not a host name with an optional port (letters, digits, '-' and '.', then ':port')";

    /// <summary>The path in a registry.</summary>
    public static string? CheckRepository(string repository)
    {
        if (repository.Length == 0) return "the repository name is missing";
        if (repository.Length > MaxLength) return $"the repository name is longer than {MaxLength} characters";
        if (repository.Any(char.IsAsciiLetterUpper)) return $"the repository name '{repository}' has upper case letters, it must be lower case";
        return Repository().IsMatch(repository)
            ? null
            : $"the repository name '{repository}' is not lower-case letters and digits, separated by '/', '.', '_', '__' or dashes";
    }

    /// <summary>A tag.</summary>
    public static string? CheckTag(string tag) =>
        Tag().IsMatch(tag)
            ? null
            : $"the tag '{Show(tag)}' is not 1 to 128 letters, digits, '_', '.' or '-', the first being neither '.' nor '-'";

    /// <summary>A digest, <c>sha256:</c> and 64 hexadecimal digits.</summary>
    public static string? CheckDigest(string digest) =>
        Digest().IsMatch(digest) ? null : $"the digest '{Show(digest)}' is not 'sha256:' and 64 lower-case hexadecimal digits";

    internal static bool IsImageId(string name) => ImageId().IsMatch(name);

    internal static string Show(string? text) => text is { Length: > ShownLength } ? text[..ShownLength] + "..." : text ?? "";

    private static string? CheckHost(string host)
    {
        if (host.StartsWith('['))
            return IPAddress.TryParse(host, out _) ? null : $"the registry's address '{Show(host)}' is no IPv6 address";
        return host.Length <= MaxHost && host.Split('.').All(label => label.Length <= MaxLabel)
            ? null
            : $"the registry's host '{Show(host)}' is longer than {MaxHost} characters, or than {MaxLabel} between two dots";
    }

    private static string? CheckPort(string port) =>
        port.Length == 0 || (ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
            ? null
            : $"the registry's port '{Show(port)}' is not from 1 to 65535";

    [GeneratedRegex(@"\A(?<host>(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::(?<port>[0-9]+))?\z", RegexOptions.NonBacktracking)]
    private static partial Regex Registry();

    [GeneratedRegex(@"\A[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Repository();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\Asha256:[a-f0-9]{64}\z")]
    private static partial Regex Digest();

    [GeneratedRegex(@"\A[a-f0-9]{64}\z")]
    private static partial Regex ImageId();
}
