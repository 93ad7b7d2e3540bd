using System.Text.RegularExpressions;

namespace CacheMachine.Actors.RepoMen.Rubin;

/// <summary>The patterns of https://sqr-059.lsst.io. A cycle must come before the rest, and a candidate's number before both.</summary>
internal static partial class RubinTagPattern
{
    private const string Tail = @"(?:_(?:csal|c)(?<cycle>[0-9]+)\.(?<build>[0-9]+))?(?:_(?<rest>.*))?\z";

    [GeneratedRegex(@"\Ar(?<major>[0-9]+)_(?<minor>[0-9]+)_(?<patch>[0-9]+)(?:_rc(?<pre>[0-9]+))?" + Tail, RegexOptions.CultureInvariant)]
    public static partial Regex Release();

    [GeneratedRegex(@"\Ar(?<major>[0-9]{2})(?<minor>[0-9])\z", RegexOptions.CultureInvariant)]
    public static partial Regex ObsoleteRelease();

    [GeneratedRegex(@"\Aw_(?<major>[0-9]+)_(?<minor>[0-9]+)" + Tail, RegexOptions.CultureInvariant)]
    public static partial Regex Weekly();

    [GeneratedRegex(@"\Ad_(?<major>[0-9]+)_(?<minor>[0-9]+)_(?<patch>[0-9]+)" + Tail, RegexOptions.CultureInvariant)]
    public static partial Regex Daily();
}
