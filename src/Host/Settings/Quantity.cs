using System.Globalization;
using System.Text.RegularExpressions;

namespace CacheMachine.Host.Settings;

/// <summary>Kubernetes quantities (<c>apimachinery/pkg/api/resource</c>), of what pods can have.</summary>
internal static partial class Quantity
{
    public const string Rule = "must be a Kubernetes quantity from 0 to 2^63 - 1, for example 10m, 0.5, 64Mi or 1e9";

    private const int MaxLength = 32;

    // Kubernetes calculates with 64 bits, and quietly takes this for anything above it.
    private const decimal Most = long.MaxValue;

    /// <summary>The number of CPUs or bytes; null for what is no quantity, or too big.</summary>
    public static decimal? Parse(string text)
    {
        if (text.Length > MaxLength || QuantityText().Match(text) is not { Success: true } match
            || !decimal.TryParse(match.Groups["number"].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || Unit(match.Groups["unit"].Value) is not { } unit || (unit > 1 && number > Most / unit))
        {
            return null;
        }
        return number * unit is <= Most and var amount ? amount : null;
    }

    /// <summary>A size in bytes as people write it.</summary>
    public static string OfBytes(long bytes)
    {
        var units = new[] { "", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei" };
        var unit = 0;
        for (; bytes > 0 && bytes % 1024 == 0 && unit < units.Length - 1; unit++)
            bytes /= 1024;
        return bytes.ToString(CultureInfo.InvariantCulture) + units[unit];
    }

    private static decimal? Unit(string unit) => unit switch
    {
        "" => 1,
        "n" => 1e-9m,
        "u" => 1e-6m,
        "m" => 1e-3m,
        [.., 'i'] => Power(1024, "KMGTPE".IndexOf(unit[0], StringComparison.Ordinal) + 1),
        [_] => Power(1000, "kMGTPE".IndexOf(unit[0], StringComparison.Ordinal) + 1),
        _ => int.Parse(unit[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) is >= -18 and <= 18 and var exponent
            ? exponent < 0 ? 1 / Power(10, -exponent) : Power(10, exponent)
            : null,
    };

    private static decimal Power(decimal @base, int exponent) =>
        Enumerable.Repeat(@base, exponent).Aggregate(1m, (product, factor) => product * factor);

    [GeneratedRegex(@"\A\+?(?<number>[0-9]+(\.[0-9]*)?|\.[0-9]+)(?<unit>[KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,2})?\z")]
    private static partial Regex QuantityText();
}
