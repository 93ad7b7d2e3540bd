using System.Globalization;
using System.Text;

namespace CacheMachine.Host.Settings.Hocon;

/// <summary>Reads quoted, triple-quoted and unquoted strings.</summary>
internal static class HoconStrings
{
    private const string Forbidden = "$\"{}[]:=,+#`^?!@*&\\";

    public static string ReadQuoted(HoconCursor cursor)
    {
        if (cursor.StartsWith("\"\"\""))
            return ReadTripleQuoted(cursor);
        var start = cursor.Location;
        cursor.Next();
        var result = new StringBuilder();
        while (cursor.Current != '"')
        {
            if (cursor.AtEnd || cursor.Current == '\n')
                throw new HoconException(start, "a quoted string ends on its own line with '\"'; use three quotes for several lines");
            if (cursor.Current < ' ')
                throw cursor.Fault($"a control character (U+{(int)cursor.Current:X4}) in a quoted string must be written as an escape");
            if (cursor.Current == '\\')
                result.Append(ReadEscape(cursor));
            else
                result.Append(cursor.Next());
        }
        cursor.Next();
        return result.ToString();
    }

    /// <summary>Everything up to the last three of a run of quotes, without escapes: <c>"""a""""</c> is <c>a"</c>.</summary>
    private static string ReadTripleQuoted(HoconCursor cursor)
    {
        var start = cursor.Location;
        cursor.Skip(3);
        var result = new StringBuilder();
        while (!cursor.StartsWith("\"\"\"") || cursor.Peek(3) == '"')
        {
            if (cursor.AtEnd)
                throw new HoconException(start, "a string that begins with three quotes must end with three quotes");
            result.Append(cursor.Next());
        }
        cursor.Skip(3);
        return result.ToString();
    }

    private static char ReadEscape(HoconCursor cursor)
    {
        var at = cursor.Location;
        cursor.Next();
        if (cursor.AtEnd)
            throw new HoconException(at, "the text ends inside an escape");
        switch (cursor.Next())
        {
            case '"': return '"';
            case '\\': return '\\';
            case '/': return '/';
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'u':
                var code = string.Concat(cursor.Peek(0), cursor.Peek(1), cursor.Peek(2), cursor.Peek(3));
                if (!ushort.TryParse(code, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
                    throw new HoconException(at, "\\u must be followed by four hexadecimal digits");
                cursor.Skip(4);
                return (char)unit;
            default:
                throw new HoconException(at, "an escape is one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
        }
    }

    public static bool StartsUnquoted(HoconCursor cursor) =>
        !cursor.AtEnd && !HoconCursor.IsSpace(cursor.Current) && !Forbidden.Contains(cursor.Current) && !cursor.AtComment;

    /// <summary>
    /// Reads up to white space, a comment or a character that must be quoted. A plus sign is allowed in the exponent of a number
    /// (<paramref name="numbers"/>; not in keys, where it begins <c>+=</c>).
    /// </summary>
    public static string ReadUnquoted(HoconCursor cursor, bool numbers)
    {
        var result = new StringBuilder();
        while (StartsUnquoted(cursor) || (numbers && IsExponentSign(cursor, result)))
            result.Append(cursor.Next());
        return result.ToString();
    }

    private static bool IsExponentSign(HoconCursor cursor, StringBuilder before) =>
        cursor.Current == '+' && char.IsAsciiDigit(cursor.Peek(1)) && before.Length > 1 && before[^1] is 'e' or 'E'
        && double.TryParse(before.ToString(0, before.Length - 1), NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
