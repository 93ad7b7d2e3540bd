using System.Text.Encodings.Web;
using System.Text.RegularExpressions;

namespace CacheMachine.Host.Api.Specs;

/// <summary>Paths of fields, as in <c>repomen[1].images[0].image_url</c> and <c>labels["beta.kubernetes.io/arch"]</c>.</summary>
internal static partial class SpecPath
{
    /// <summary>Longest part of a body that a fault shows, in characters; also of a field's name.</summary>
    public const int MaxShown = 100;

    public static string Element(string path, int index) => $"{path}[{index}]";

    public static string Field(string path, string name)
    {
        if (Plain().IsMatch(name))
            return path.Length == 0 ? name : $"{path}.{name}";
        return $"{path}[\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(Shorten(name))}\"]";
    }

    /// <summary>At most <see cref="MaxShown"/> characters, none of them a control character or half a surrogate pair.</summary>
    public static string Shorten(string text)
    {
        if (text.Length > MaxShown)
        {
            var end = MaxShown - 3;
            text = text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)] + "...";
        }
        return text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_-]{0,62}\z")]
    private static partial Regex Plain();
}
