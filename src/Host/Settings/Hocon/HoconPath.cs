using System.Text;

namespace CacheMachine.Host.Settings.Hocon;

/// <summary>Path expressions: the keys of fields and the inside of substitutions. A dot outside quotes separates.</summary>
internal static class HoconPath
{
    /// <summary>Stands for "element of an array" in the path of an object; no key can be written that equals it, as it is compared by reference.</summary>
    public static readonly string Unreachable = new('?', 1);

    /// <summary>Reads a path with at least one key, and the white space after it.</summary>
    public static string[] Parse(HoconCursor cursor)
    {
        var at = cursor.Location;
        var keys = new List<string>();
        var key = new StringBuilder();
        var quoted = false;
        var any = false;
        while (true)
        {
            var space = cursor.SkipSpace();
            if (cursor.Current == '"')
            {
                key.Append(any ? space : "").Append(HoconStrings.ReadQuoted(cursor));
                quoted = true;
            }
            else if (HoconStrings.StartsUnquoted(cursor))
            {
                key.Append(any ? space : "");
                var pieces = HoconStrings.ReadUnquoted(cursor, numbers: false).Split('.');
                for (var i = 0; i < pieces.Length; i++)
                {
                    if (i > 0)
                        quoted = EndKey(at, keys, key, quoted);
                    key.Append(pieces[i]);
                }
            }
            else
            {
                if (!any)
                    throw new HoconException(at, AtForbidden(cursor));
                EndKey(at, keys, key, quoted);
                return [.. keys];
            }
            any = true;
        }
    }

    private static string AtForbidden(HoconCursor cursor) => cursor.AtEnd || cursor.Current is '}' or '\n' or ':' or '=' or '{'
        ? "a key is missing"
        : $"the character '{cursor.Current}' may only be used inside quotes";

    private static bool EndKey(HoconLocation at, List<string> keys, StringBuilder key, bool quoted)
    {
        if (key.Length == 0 && !quoted)
            throw new HoconException(at, "a path may not begin or end with a dot, nor hold two in a row; an empty key is written \"\"");
        keys.Add(key.ToString());
        key.Clear();
        return false;
    }

    /// <summary>Whether <paramref name="path"/> is <paramref name="prefix"/> or something inside it.</summary>
    public static bool StartsWith(ReadOnlySpan<string> path, ReadOnlySpan<string> prefix)
    {
        if (prefix.Length > path.Length)
            return false;
        for (var i = 0; i < prefix.Length; i++)
        {
            if (ReferenceEquals(prefix[i], Unreachable) || !string.Equals(prefix[i], path[i], StringComparison.Ordinal))
                return false;
        }
        return true;
    }
}
