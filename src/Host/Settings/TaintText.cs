using System.Text.RegularExpressions;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Host.Settings;

/// <summary>A toleration, written as <c>kubectl taint</c> writes the taint that it tolerates: <c>key[=value][:Effect]</c>.</summary>
internal static partial class TaintText
{
    public const string Rule = "must be key, key=value, key:Effect or key=value:Effect, with the effect NoSchedule, PreferNoSchedule or NoExecute";

    public static Toleration? Parse(string text) => TryParse(text, out var toleration) ? toleration : null;

    /// <summary>The key of a taint.</summary>
    public static bool IsKey(string text) => Taint().Match(text) is { Success: true } match && match.Groups["key"].Length == text.Length;

    public static bool TryParse(string text, out Toleration? toleration)
    {
        var match = Taint().Match(text);
        toleration = match.Success
            ? new Toleration(
                match.Groups["key"].Value, match.Groups["value"].Success ? "Equal" : "Exists", match.Groups["value"].Value, match.Groups["effect"].Value)
            : null;
        return match.Success;
    }

    // Label grammar: a name or value of at most 63 characters, the key with a DNS subdomain in front at will.
    [GeneratedRegex(
        @"^(?<key>(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)(?:=(?<value>(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?))?(?::(?<effect>NoSchedule|PreferNoSchedule|NoExecute))?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Taint();
}
