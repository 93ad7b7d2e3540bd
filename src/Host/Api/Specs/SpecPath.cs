using System.Text.Encodings.Web;
using System.Text.RegularExpressions;

namespace CacheMachine.Host.Api.Specs;

/// <summary>Paths of fields, as in <c>repomen[1].images[0].image_url</c> and <c>labels["beta.kubernetes.io/arch"]</c>.</summary>
internal static partial class SpecPath
{
    public static string Element(string path, int index) => $"{path}[{index}]";

    public static string Field(string path, string name)
    {
        if (Plain().IsMatch(name))
            return path.Length == 0 ? name : $"{path}.{name}";
        return $"{path}[\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(PlainText.Shorten(name))}\"]";
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_-]{0,62}\z")]
    private static partial Regex Plain();
}
