using System.Globalization;
using System.Text;

namespace CacheMachine.Host.Api.Specs;

/// <summary>Writes paths of fields: <c>a.b[0]["odd.key"]</c>.</summary>
internal static class SpecPath
{
    public const string Root = "$";

    private const int ShownLength = 100;

    public static string Member(string parent, string name)
    {
        var plain = name.Length is > 0 and <= ShownLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
        if (!plain)
            return $"{(parent == Root ? "" : parent)}[\"{Shorten(name, ShownLength)}\"]";
        return parent == Root ? name : $"{parent}.{name}";
    }

    public static string Element(string parent, int index) => $"{parent}[{index.ToString(CultureInfo.InvariantCulture)}]";

    /// <summary>At most <paramref name="length"/> characters and dots for the rest; control characters become escapes, so that a log stays one line.</summary>
    public static string Shorten(string text, int length)
    {
        // No half of a surrogate pair at the cut.
        var cut = text.Length <= length ? text.Length : char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
        var result = new StringBuilder(cut);
        foreach (var c in text.AsSpan(0, cut))
        {
            if (char.IsControl(c))
                result.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                result.Append(c);
        }
        return cut < text.Length ? result.Append("...").ToString() : result.ToString();
    }
}
