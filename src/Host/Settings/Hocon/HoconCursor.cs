using System.Globalization;

namespace CacheMachine.Host.Settings.Hocon;

/// <summary>Walks over a HOCON text and knows line and column; white space, newlines and comments as the specification defines them.</summary>
internal sealed class HoconCursor(string file, string text)
{
    private int position;
    private int line = 1;
    private int lineStart;

    /// <summary>What <see cref="Current"/> gives after the last character; no valid text needs it.</summary>
    public const char End = '\uffff';

    public HoconLocation Location => new(file, line, position - lineStart + 1);

    public bool AtEnd => position >= text.Length;

    public char Current => AtEnd ? End : text[position];

    public char Peek(int ahead) => position + ahead < text.Length ? text[position + ahead] : End;

    public bool StartsWith(string expected) => string.CompareOrdinal(text, position, expected, 0, expected.Length) == 0;

    public char Next()
    {
        var c = text[position++];
        if (c == '\n')
        {
            line++;
            lineStart = position;
        }
        return c;
    }

    public void Skip(int count)
    {
        while (count-- > 0)
            Next();
    }

    public bool AtComment => Current == '#' || (Current == '/' && Peek(1) == '/');

    /// <summary>White space that is not a newline; returns it, as it counts between the parts of a string.</summary>
    public string SkipSpace()
    {
        var start = position;
        while (!AtEnd && Current != '\n' && IsSpace(Current))
            Next();
        return text[start..position];
    }

    /// <summary>White space, newlines and comments; true when there was a newline.</summary>
    public bool SkipLines()
    {
        var startLine = line;
        while (true)
        {
            SkipSpace();
            if (Current == '\n')
            {
                Next();
            }
            else if (AtComment)
            {
                while (!AtEnd && Current != '\n')
                    Next();
            }
            else
            {
                return line != startLine;
            }
        }
    }

    /// <summary>Unicode separators (Zs, Zl, Zp, no-break spaces too), the ASCII controls listed in the specification, and a byte order mark.</summary>
    public static bool IsSpace(char c) => c switch
    {
        '\t' or '\n' or '\v' or '\f' or '\r' or '\u001c' or '\u001d' or '\u001e' or '\u001f' or '\ufeff' => true,
        _ => CharUnicodeInfo.GetUnicodeCategory(c)
            is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator,
    };

    public HoconException Fault(string rule) => new(Location, rule);
}
