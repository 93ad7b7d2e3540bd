using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace CacheMachine.Actors.RepoMen.Rubin;

/// <summary>What a tag says about its image, by the tag format of https://sqr-059.lsst.io.</summary>
/// <param name="Tag">The tag itself, for example <c>w_2021_22_c0020.001</c>.</param>
/// <param name="Type">The kind of build.</param>
/// <param name="DisplayName">What a person reads, for example <c>Weekly 2021_22 (SAL Cycle 0020, Build 001)</c>.</param>
/// <param name="Version">Orders tags within a type; null for a tag without one.</param>
/// <param name="Cycle">The SAL XML cycle of the image, or null.</param>
/// <param name="CycleBuild">The build within the cycle as the tag writes it, for example <c>001</c>; null without a cycle.</param>
public sealed record RubinTag(
    string Tag, RubinTagType Type, string DisplayName, RubinVersion? Version, BigInteger? Cycle, string? CycleBuild)
{
    private const string DefaultTag = "latest";
    private const string ExperimentalPrefix = "exp_";

    /// <summary>True when the tag names one build for good: an alias names others, and an unknown tag says nothing.</summary>
    public bool IsRecognized => Type is not (RubinTagType.Unknown or RubinTagType.Alias);

    /// <summary>Reads a tag; every text is a tag of some type, at worst <see cref="RubinTagType.Unknown"/>. Empty stands for <c>latest</c>.</summary>
    public static RubinTag Parse(string tag)
    {
        if (tag.Length == 0) tag = DefaultTag;
        return tag.StartsWith(ExperimentalPrefix, StringComparison.Ordinal) ? ParseExperimental(tag)
            : RubinTagPattern.Weekly().Match(tag) is { Success: true } weekly ? FromMatch(tag, RubinTagType.Weekly, weekly)
            : RubinTagPattern.Daily().Match(tag) is { Success: true } daily ? FromMatch(tag, RubinTagType.Daily, daily)
            : RubinTagPattern.Release().Match(tag) is { Success: true } release ? FromMatch(tag, ReleaseType(release), release)
            : RubinTagPattern.ObsoleteRelease().Match(tag) is { Success: true } obsolete ? FromMatch(tag, RubinTagType.Release, obsolete)
            : new RubinTag(tag, RubinTagType.Unknown, tag, null, null, null);
    }

    /// <summary>Reads a tag that is an alias if <paramref name="aliases"/> has it: then its name is the tag in title case.</summary>
    public static RubinTag Parse(string tag, IReadOnlySet<string> aliases)
    {
        var parsed = Parse(tag);
        return aliases.Contains(parsed.Tag) ? parsed with { Type = RubinTagType.Alias, DisplayName = Prettify(parsed.Tag) } : parsed;
    }

    /// <summary>
    /// Orders two tags of one type, oldest first: by version where both have one, else by tag in ordinal order.
    /// Zero does not mean the same tag: builds of one version are equal.
    /// </summary>
    /// <exception cref="ArgumentException">The types differ: a weekly is neither older nor newer than a release.</exception>
    public static int Compare(RubinTag left, RubinTag right)
    {
        if (left.Type != right.Type)
            throw new ArgumentException($"Tag '{left.Tag}' of type {left.Type} cannot be compared to '{right.Tag}' of type {right.Type}.");
        return left.Version is not null && right.Version is not null
            ? left.Version.CompareTo(right.Version)
            : string.CompareOrdinal(left.Tag, right.Tag);
    }

    /// <summary>Underscores become spaces, and each run of letters is capitalised: <c>latest_weekly</c> reads <c>Latest Weekly</c>.</summary>
    public static string Prettify(string tag) => string.Create(tag.Length, tag, static (span, tag) =>
    {
        var inWord = false;
        for (var i = 0; i < tag.Length; i++)
        {
            var c = tag[i] == '_' ? ' ' : tag[i];
            span[i] = inWord ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c);
            inWord = char.IsLetter(c);
        }
    });

    // What follows "exp_" usually is a legal tag, even another "exp_": only its name matters, version and cycle do not.
    private static RubinTag ParseExperimental(string tag)
    {
        var start = 0;
        while (tag.AsSpan(start).StartsWith(ExperimentalPrefix, StringComparison.Ordinal)) start += ExperimentalPrefix.Length;
        var prefix = string.Concat(Enumerable.Repeat("Experimental ", start / ExperimentalPrefix.Length));
        return new RubinTag(tag, RubinTagType.Experimental, prefix + Parse(tag[start..]).DisplayName, null, null, null);
    }

    private static RubinTagType ReleaseType(Match match) =>
        match.Groups["pre"].Success ? RubinTagType.ReleaseCandidate : RubinTagType.Release;

    private static RubinTag FromMatch(string tag, RubinTagType type, Match match)
    {
        var (major, minor, patch) = (match.Groups["major"].Value, match.Groups["minor"].Value, match.Groups["patch"].Value);
        var prerelease = match.Groups["pre"].Success ? "rc" + match.Groups["pre"].Value : null;
        var version = new RubinVersion(Number(major), Number(minor), patch.Length == 0 ? 0 : Number(patch), prerelease);
        var name = type switch
        {
            RubinTagType.Weekly => $"Weekly {major}_{minor}",
            RubinTagType.Daily => $"Daily {major}_{minor}_{patch}",
            RubinTagType.Release => $"Release r{version.Major}.{version.Minor}.{version.Patch}",
            _ => $"Release Candidate r{version.Major}.{version.Minor}.{version.Patch}-{prerelease}",
        };

        BigInteger? cycle = null;
        string? build = null;
        if (match.Groups["cycle"].Success)
        {
            cycle = Number(match.Groups["cycle"].Value);
            build = match.Groups["build"].Value;
            name += $" (SAL Cycle {match.Groups["cycle"].Value}, Build {build})";
        }

        var rest = match.Groups["rest"].Value;
        if (rest.Length > 0) name += $" [{rest}]";
        return new RubinTag(tag, type, name, version, cycle, build);
    }

    private static BigInteger Number(string digits) => BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
}
