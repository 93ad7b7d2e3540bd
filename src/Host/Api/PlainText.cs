using System.Globalization;

namespace CacheMachine.Host.Api;

/// <summary>What others wrote, made fit for a log line or an answer.</summary>
internal static class PlainText
{
    /// <summary>Longest part of a request that an answer or the log shows, in characters.</summary>
    public const int MaxShown = 100;

    /// <summary>
    /// Nothing in it changes how the text around it is read: no control character, line or paragraph separator, nor anything that turns the
    /// direction of writing.
    /// </summary>
    public static bool IsPlain(string text) => !text.Any(IsHidden);

    /// <summary>At most <see cref="MaxShown"/> characters, none of them hidden or half a surrogate pair.</summary>
    public static string Shorten(string text)
    {
        if (text.Length > MaxShown)
        {
            var end = MaxShown - 3;
            text = text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)] + "...";
        }
        return IsPlain(text) ? text : string.Concat(text.Select(c => IsHidden(c) ? ' ' : c));
    }

    private static bool IsHidden(char c) =>
        char.IsControl(c) || c is >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069'
        || char.GetUnicodeCategory(c) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
