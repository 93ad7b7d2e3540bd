using System.Globalization;
using System.Text;

namespace CacheMachine.Host.Registries.Http;

/// <summary>Text that somebody else wrote, as it may stand in a log line or in an answer.</summary>
internal static class OutsideText
{
    /// <summary>
    /// The text in one line: a space for each control character and each line or paragraph separator; format characters
    /// (bidirectional marks, zero-width ones) are dropped. Each character is judged alone, so a part of a text stays a part of it.
    /// </summary>
    public static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~')) return text;
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            switch (Rune.GetUnicodeCategory(rune))
            {
                case UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator:
                    clean.Append(' ');
                    break;
                case UnicodeCategory.Format:
                    break;
                default:
                    clean.Append(rune.ToString());
                    break;
            }
        }

        return clean.ToString();
    }

    /// <summary>At most so many characters, and dots where some were left out.</summary>
    public static string Shorten(string text, int max)
    {
        if (text.Length <= max) return text;
        return text[..(char.IsHighSurrogate(text[max - 1]) ? max - 1 : max)] + "...";
    }
}
