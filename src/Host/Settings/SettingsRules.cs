using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace CacheMachine.Host.Settings;

/// <summary>Grammars that settings and flags share.</summary>
internal static partial class SettingsRules
{
    public const string RegistryHost = "must be HOST or HOST:PORT, without a scheme or path";
    public const string TrustedRealm = "must be REGISTRY=TOKEN-SERVER, each HOST or HOST:PORT, without a scheme or path";
    public const string Namespace = "must be a DNS label: 1 to 63 lower-case letters, digits or '-', the first and last no '-'";
    public const string ResourceName = "must be a Kubernetes name: 1 to 253 lower-case letters, digits, '-' or '.', the first and last a letter or digit";
    public const string RoutePrefix = "must be 1 to 63 letters, digits, '-', '_' or '.', the first a letter or digit";

    public static string Integer(int min, int max) => $"must be a whole number from {min} to {max}";

    public static bool TryInteger(string text, int min, int max, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && value >= min && value <= max;

    public static bool IsPath(string text) => !string.IsNullOrWhiteSpace(text) && text.Length <= 4096 && !text.Contains('\0');

    public static bool IsNamespace(string text) => text.Length <= 63 && DnsLabel().IsMatch(text);

    /// <summary>RFC 1123 subdomain, as Kubernetes wants it for Secrets.</summary>
    public static bool IsResourceName(string text) => text.Length <= 253 && text.Split('.').All(p => DnsLabel().IsMatch(p));

    public static bool IsRoutePrefix(string text) => RouteSegment().IsMatch(text);

    public static bool IsRegistryHost(string text) =>
        text.Length <= 260 && HostAndPort().Match(text) is { Success: true } match
        && (match.Groups["port"].Value is "" || TryInteger(match.Groups["port"].Value, 1, 65535, out _))
        && (match.Groups["v6"].Value is "" || IPAddress.TryParse(match.Groups["v6"].Value, out _));

    public static bool IsTrustedRealm(string text) =>
        text.Split('=') is [var registry, var realm] && IsRegistryHost(registry) && IsRegistryHost(realm);

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9-]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex DnsLabel();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}\z", RegexOptions.CultureInvariant)]
    private static partial Regex RouteSegment();

    [GeneratedRegex(@"^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[(?<v6>[0-9A-Fa-f:.]+)\])(?::(?<port>[0-9]{1,5}))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex HostAndPort();
}
