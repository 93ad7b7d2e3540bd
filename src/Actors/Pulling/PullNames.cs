using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace CacheMachine.Actors.Pulling;

/// <summary>
/// What Kubernetes calls a machine's pulls. A machine may have any name of 1 to 253 letters, digits, '.', '_' or '-'; a DaemonSet's name and a label's
/// value have rules of their own. Names stay the same for ever, because running DaemonSets are found by them.
/// </summary>
public static partial class PullNames
{
    private const int LongestLabel = 63, LongestPlain = 52, PlainDigits = 10, Digits = 20, LongestSlug = LongestLabel - Digits - 1;

    /// <summary>
    /// The DaemonSet that pulls an image for a machine: at most 63 characters, so that it is a label's value too. Where the machine's name is a DNS label
    /// of at most 52 characters, it begins with that, and a hash of the image follows; else with what is left of the name, and a longer hash of both.
    /// Two pulls share none: before the last ten digits of the first kind there is a dash, and of the second a digit.
    /// </summary>
    /// <param name="machine">Name of the machine.</param>
    /// <param name="image">The normalised image.</param>
    public static string DaemonSet(string machine, string image) => machine.Length <= LongestPlain && DnsLabel().IsMatch(machine)
        ? $"{machine}-{Hash(image, PlainDigits)}"
        : $"{Slug(machine)}-{Hash($"{machine}\n{image}", Digits)}";

    /// <summary>
    /// The value of the label that says whose a DaemonSet is: the machine's name where that can be a label's value, else what is left of it and a hash.
    /// Two machines share none: a name that ends as if it had such a hash gets one of its own.
    /// </summary>
    /// <param name="machine">Name of the machine.</param>
    public static string Label(string machine) => machine.Length <= LongestLabel && LabelValue().IsMatch(machine) && !Hashed().IsMatch(machine)
        ? machine
        : $"{Slug(machine)}_{Hash(machine, Digits)}";

    private static string Hash(string text, int digits) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..digits];

    // What people recognise the machine by; it need not be unique.
    private static string Slug(string machine)
    {
        var slug = string.Concat(machine.Take(LongestSlug).Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-')).Trim('-');
        return slug.Length > 0 ? slug : "machine";
    }

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]*[a-z0-9])?\z")]
    private static partial Regex DnsLabel();

    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\z")]
    private static partial Regex LabelValue();

    [GeneratedRegex(@"_[0-9a-f]{20}\z")]
    private static partial Regex Hashed();
}
