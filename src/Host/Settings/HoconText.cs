namespace CacheMachine.Host.Settings;

/// <summary>
/// Finds what Akka.NET's parser, which reads the text afterwards, would pass over without a word (a brace too much, or one that is missing),
/// take for something else (<c>${?NAME}</c>), or never come back from (<c>[::1]</c>).
/// </summary>
internal static class HoconText
{
    private const int MostOpen = 100;

    // These end an unquoted text.
    private const string NotInLists = "$:=^?!@*&\\`";

    /// <summary>The first fault, with its line; null: none.</summary>
    public static (int Line, string Rule)? Fault(string text)
    {
        var open = new Stack<(char Bracket, int Line)>();
        var (line, isAllInBraces, isOver) = (1, text.AsSpan().TrimStart() is ['{', ..], false);
        for (var i = 0; i < text.Length; i++)
        {
            var rest = text.AsSpan(i);
            if (rest[0] == '#' || rest.StartsWith("//"))
            {
                i = (text.IndexOf('\n', i) is >= 0 and var end ? end : text.Length) - 1;
                continue;
            }
            if (rest[0] == '\n')
                line++;
            if (char.IsWhiteSpace(rest[0]))
                continue;
            if (isOver)
                return (line, "nothing may follow the closing brace");
            switch (rest[0])
            {
                case '"':
                    var length = QuoteLength(rest);
                    if (length == 0)
                        return (line, "a quote is not closed");
                    line += rest[..length].Count('\n');
                    i += length - 1;
                    break;
                case '$' when rest.StartsWith("${"):
                    return (line, "substitutions are not known here; a variable CACHEMACHINE__SECTION__KEY is stronger than all files");
                case '{' or '[' when open.Count == MostOpen:
                    return (line, $"more than {MostOpen} brackets in each other");
                case '{' or '[':
                    open.Push((rest[0], line));
                    break;
                case '}' or ']':
                    if (!open.TryPop(out var last) || (last.Bracket == '{') != (rest[0] == '}'))
                        return (line, $"'{rest[0]}' closes nothing");
                    isOver = isAllInBraces && open.Count == 0;
                    break;
                case var c when open.TryPeek(out var inside) && inside.Bracket == '[' && NotInLists.Contains(c, StringComparison.Ordinal):
                    return (line, $"a text with '{c}' in a list must be in quotes");
            }
        }
        return open.TryPop(out var left) ? (left.Line, $"'{left.Bracket}' is not closed") : null;
    }

    // With both quotes; 0 where the second is missing.
    private static int QuoteLength(ReadOnlySpan<char> text)
    {
        if (text.StartsWith("\"\"\""))
            return text[3..].IndexOf("\"\"\"") is >= 0 and var end ? end + 6 : 0;
        for (var i = 1; i < text.Length && text[i] != '\n'; i++)
        {
            if (text[i] == '"')
                return i + 1;
            if (text[i] == '\\')
                i++;
        }
        return 0;
    }
}
