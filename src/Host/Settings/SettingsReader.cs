using System.Globalization;
using System.Net;
using CacheMachine.Host.Settings.Hocon;

namespace CacheMachine.Host.Settings;

/// <summary>
/// Reads typed values and collects faults instead of throwing; after a fault it gives a value that only serves to read on.
/// Keys are dotted and relative to the section.
/// </summary>
internal sealed class SettingsReader
{
    private readonly IConfiguration configuration;
    private readonly string prefix;
    private readonly List<SettingsFault> faults;
    private readonly HashSet<string> keys;

    public SettingsReader(IConfiguration configuration, string section)
        : this(configuration, section + ".", [], new(StringComparer.OrdinalIgnoreCase))
    {
    }

    private SettingsReader(IConfiguration configuration, string prefix, List<SettingsFault> faults, HashSet<string> keys)
    {
        this.configuration = configuration;
        this.prefix = prefix;
        this.faults = faults;
        this.keys = keys;
    }

    public IReadOnlyList<SettingsFault> Faults => faults;

    public IReadOnlyCollection<string> KeysRead => keys;

    public SettingsReader Section(string name) => new(configuration, $"{prefix}{name}.", faults, keys);

    public int Integer(string key, int min, int max) =>
        Read(key, SettingsRules.Integer(min, max), text => SettingsRules.TryInteger(text, min, max, out var n) ? n : null, min);

    public bool Boolean(string key) => Read<bool>(
        key,
        "must be true or false (yes, no, on, off)",
        text => text.ToUpperInvariant() switch
        {
            "TRUE" or "YES" or "ON" => true,
            "FALSE" or "NO" or "OFF" => false,
            _ => null,
        },
        false);

    public TimeSpan Duration(string key, TimeSpan min, TimeSpan max) =>
        Read<TimeSpan>(
            key,
            $"must be a duration from {Words(min)} to {Words(max)}",
            text => HoconUnits.TryParseDuration(text, out var value) && value >= min && value <= max ? value : null,
            min);

    /// <summary>A size in bytes.</summary>
    public long Size(string key, long min, long max) =>
        Read<long>(
            key,
            $"must be a size from {min} to {max} bytes",
            text => HoconUnits.TryParseSize(text, out var value) && value >= min && value <= max ? value : null,
            min);

    /// <summary>A text that passes a check; the rule ends the sentence "KEY = VALUE: ...".</summary>
    public string Text(string key, string rule, Func<string, bool> valid)
    {
        var text = Raw(key);
        if (text is null || !valid(text))
            Fault(key, text, rule);
        return text ?? "";
    }

    /// <summary>An IP address to listen on, or auto: all of them in a cluster, else loopback.</summary>
    public IPAddress BindAddress(string key, bool inCluster)
    {
        var text = Text(
            key, "must be an IP address or auto", t => string.Equals(t, "auto", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(t, out _));
        return IPAddress.TryParse(text, out var address) ? address : inCluster ? IPAddress.Any : IPAddress.Loopback;
    }

    /// <summary>A path of a file or directory; it need not exist.</summary>
    public string Path(string key) => Text(key, "must be a path", SettingsRules.IsPath);

    /// <summary>The same, where empty means none, which is null.</summary>
    public string? OptionalPath(string key) => NullIfEmpty(Text(key, "must be a path, or empty", t => t.Length == 0 || SettingsRules.IsPath(t)));

    /// <summary>A text that may be empty for none, which is null.</summary>
    public string? OptionalText(string key, string rule, Func<string, bool> valid) =>
        NullIfEmpty(Text(key, rule, t => t.Length == 0 || valid(t)));

    /// <summary>A text that may be empty for none, which is null, and that no fault quotes.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fault">The rule that a text breaks, which ends the sentence "KEY: ..."; null: none.</param>
    public string? Secret(string key, Func<string, string?> fault)
    {
        var text = Raw(key);
        if (text is null || fault(text) is not null)
            Fault(key, text is null ? null : "...", text is null ? "must be a text" : fault(text)!);
        return NullIfEmpty(text ?? "");
    }

    /// <summary>One of several words, without regard to case.</summary>
    public T Choice<T>(string key, params ReadOnlySpan<(string Word, T Value)> choices)
    {
        var text = Raw(key);
        foreach (var (word, value) in choices)
        {
            if (string.Equals(word, text, StringComparison.OrdinalIgnoreCase))
                return value;
        }
        var words = new List<string>();
        foreach (var (word, _) in choices)
            words.Add(word);
        Fault(key, text, $"must be one of {string.Join(", ", words)}");
        return choices[0].Value;
    }

    /// <summary>A list, as array elements or as one text separated by commas (which, from a stronger layer, replaces the elements).</summary>
    public IReadOnlyList<string> List(string key, int max, string rule, Func<string, bool> valid)
    {
        var section = configuration.GetSection(ConfigurationKey(key));
        keys.Add(prefix + key);
        if (!section.Exists() && section.Value is null)
            Fault(key, null, "must be a list");
        string[] items = string.IsNullOrEmpty(section.Value)
            ? [.. section.GetChildren().Select(c => c.Value ?? "")]
            : section.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (items.Length > max)
            Fault(key, $"{items.Length} elements", $"may have at most {max} elements");
        foreach (var item in items.Where(i => !valid(i)))
            Fault(key, item, rule);
        return items;
    }

    /// <summary>A rule between settings.</summary>
    public void Require(bool holds, string key, string rule)
    {
        if (!holds)
            Fault(key, Raw(key), rule);
    }

    /// <summary>Reports every key of the section that nothing asked for: a mistyped name must not go unnoticed.</summary>
    public void RefuseUnread()
    {
        foreach (var (path, value) in configuration.GetSection(prefix.TrimEnd('.')).AsEnumerable().OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            var key = path.Replace(':', '.');
            if (value is not null && !keys.Contains(key) && !keys.Any(k => key.StartsWith(k + ".", StringComparison.OrdinalIgnoreCase)))
                faults.Add(new SettingsFault(key, value, "is no setting; reference.conf has all that there are"));
        }
    }

    private T Read<T>(string key, string rule, Func<string, T?> parse, T afterFault)
        where T : struct
    {
        var text = Raw(key);
        if (text is not null && parse(text) is { } value)
            return value;
        Fault(key, text, rule);
        return afterFault;
    }

    private string? Raw(string key)
    {
        keys.Add(prefix + key);
        return configuration[ConfigurationKey(key)];
    }

    private void Fault(string key, string? value, string rule) => faults.Add(new SettingsFault(prefix + key, value, rule));

    private string ConfigurationKey(string key) => (prefix + key).Replace('.', ':');

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static string Words(TimeSpan value) => value switch
    {
        { TotalDays: >= 2 } => $"{value.TotalDays.ToString(CultureInfo.InvariantCulture)}d",
        { TotalHours: >= 1 } => $"{value.TotalHours.ToString(CultureInfo.InvariantCulture)}h",
        { TotalMinutes: >= 1 } => $"{value.TotalMinutes.ToString(CultureInfo.InvariantCulture)}m",
        { TotalSeconds: >= 1 } => $"{value.TotalSeconds.ToString(CultureInfo.InvariantCulture)}s",
        _ => $"{value.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)}ms",
    };
}
