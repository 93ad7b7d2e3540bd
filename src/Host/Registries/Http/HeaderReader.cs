using System.Buffers;
using System.Text;

namespace CacheMachine.Host.Registries.Http;

/// <summary>Reads the parts that HTTP headers share: tokens, quoted strings and lists (RFC 9110, sections 5.6.1 to 5.6.4).</summary>
internal sealed class HeaderReader(string text)
{
    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public int Position { get; set; }

    public bool AtEnd => Position >= text.Length;

    public HeaderReader SkipSpace()
    {
        while (!AtEnd && text[Position] is ' ' or '\t') Position++;
        return this;
    }

    /// <summary>Skips space and commas: a list may have empty elements.</summary>
    public HeaderReader SkipListSeparators()
    {
        while (!AtEnd && text[Position] is ' ' or '\t' or ',') Position++;
        return this;
    }

    public bool TryTake(char c)
    {
        if (AtEnd || text[Position] != c) return false;
        Position++;
        return true;
    }

    /// <summary>Everything up to the character, which is taken too; null when it does not come.</summary>
    public string? TakeUntil(char end)
    {
        var index = text.IndexOf(end, Position);
        if (index < 0) return null;
        var taken = text[Position..index];
        Position = index + 1;
        return taken;
    }

    /// <summary>A token, or null when there is none here.</summary>
    public string? TakeToken() => TakeWhile(TokenChars);

    /// <summary>A run of the characters, or null when there is none here.</summary>
    public string? TakeWhile(SearchValues<char> chars)
    {
        var rest = text.AsSpan(Math.Min(Position, text.Length));
        var length = rest.IndexOfAnyExcept(chars);
        if (length < 0) length = rest.Length;
        if (length == 0) return null;
        var taken = rest[..length].ToString();
        Position += length;
        return taken;
    }

    /// <summary>A token or a quoted string without its quotes and escapes; null when neither is here, or the quote is never closed.</summary>
    public string? TakeValue()
    {
        if (!TryTake('"')) return TakeToken();
        var value = new StringBuilder();
        while (!AtEnd)
        {
            var c = text[Position++];
            if (c == '"') return value.ToString();
            if (c == '\\' && !AtEnd) c = text[Position++];
            value.Append(c);
        }

        return null;
    }
}
