using System.Text.RegularExpressions;

namespace CacheMachine.Simulator.Api;

/// <summary>Names as Kubernetes makes and checks them. The random part comes from one seed, so that a run can be repeated.</summary>
internal sealed partial class Names(int seed)
{
    /// <summary>The alphabet of apimachinery's <c>rand.String</c>: no vowels, nothing that looks like another.</summary>
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    private readonly Lock _gate = new();

    private readonly Random _random = new(seed);

    public string Suffix(int length = 5)
    {
        lock (_gate)
            return new string(_random.GetItems<char>(Alphabet, length));
    }

    /// <summary>A number in [0, 1).</summary>
    public double Share()
    {
        lock (_gate)
            return _random.NextDouble();
    }

    public string Uid()
    {
        Span<byte> bytes = stackalloc byte[16];
        lock (_gate)
            _random.NextBytes(bytes);
        return new Guid(bytes).ToString();
    }

    /// <summary>64 hexadecimal digits, as a container's id.</summary>
    public string Hex64()
    {
        Span<byte> bytes = stackalloc byte[32];
        lock (_gate)
            _random.NextBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    public static bool IsSubdomain(string name) => name.Length <= 253 && Subdomain().IsMatch(name);

    public static bool IsLabelValue(string value) => value.Length <= 63 && LabelValue().IsMatch(value);

    public static bool IsLabelKey(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var name = key[(slash + 1)..];
        return name.Length > 0 && IsLabelValue(name) && (slash < 0 || IsSubdomain(key[..slash]));
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?\z")]
    private static partial Regex LabelValue();
}
