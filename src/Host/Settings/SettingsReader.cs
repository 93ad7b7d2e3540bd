using System.Globalization;
using System.Net;

namespace CacheMachine.Host.Settings;

/// <summary>
/// Reads typed values and collects faults instead of throwing; after a fault it gives a value that only serves to read on.
/// Keys are dotted and relative to the section.
/// </summary>
internal sealed class SettingsReader
{
    private readonly IConfigurationRoot configuration;
    private readonly string prefix;
    private readonly List<SettingsFault> faults;
    private readonly Dictionary<string, Func<string, string>> keys;

    public SettingsReader(IConfigurationRoot configuration, string section)
        : this(configuration, section + ".", [], new(StringComparer.OrdinalIgnoreCase))
    {
    }

    private SettingsReader(
        IConfigurationRoot configuration, string prefix, List<SettingsFault> faults, Dictionary<string, Func<string, string>> keys)
    {
        this.configuration = configuration;
        this.prefix = prefix;
        this.faults = faults;
        this.keys = keys;
    }

    public IReadOnlyList<SettingsFault> Faults => faults;

    public IReadOnlyCollection<string> KeysRead => keys.Keys;

    /// <summary>Every setting read that is not as reference.conf has it, for people: <c>http.port = 9000 (--port)</c>. Secrets are struck.</summary>
    public IReadOnlyList<string> Changes =>
    [
        .. from key in keys
           let path = ConfigurationKey(key.Key)
           let value = configuration[path]
           let origin = Origin(path)
           where value is not null && origin is not null
               && !(configuration.Providers.First().TryGet(path, out var byDefault) && byDefault == value)
           select $"{key.Key[(HostSettings.Section.Length + 1)..]} = {(value.Length == 0 ? "\"\"" : key.Value(value))} ({origin})",
    ];

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
            text => Units.Duration(text) is { } value && value >= min && value <= max ? value : null,
            min);

    /// <summary>A size in bytes.</summary>
    public long Size(string key, long min, long max) =>
        Read<long>(
            key,
            $"must be a size from {min} to {max} bytes",
            text => Units.Size(text) is { } value && value >= min && value <= max ? value : null,
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
    /// <param name="shown">What may be shown of it; null for nothing.</param>
    public string? Secret(string key, Func<string, string?> fault, Func<string, string>? shown = null)
    {
        var text = Raw(key, shown ?? (_ => "..."));
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

    /// <summary>A list: array elements in a file, or one text separated by commas.</summary>
    public IReadOnlyList<string> List(string key, int max, string rule, Func<string, bool> valid)
    {
        var text = Raw(key);
        if (text is null)
            Fault(key, null, "must be a list");
        var items = text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
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

    /// <summary>Reports every key that nothing asked for: a mistyped name must not go unnoticed.</summary>
    public void RefuseUnread()
    {
        foreach (var (path, value) in configuration.AsEnumerable().OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            var key = path.Replace(':', '.');
            if (value is null || keys.ContainsKey(key))
                continue;
            var rule = key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
                ? "is no setting; reference.conf has all that there are"
                : $"is no setting; ours are in {prefix.TrimEnd('.')} {{ }}, those of Akka.NET in akka {{ }}";
            // It may be a mistyped secret.
            faults.Add(new SettingsFault(key, "...", rule, Origin(path)));
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

    private string? Raw(string key, Func<string, string>? shown = null)
    {
        keys.TryAdd(prefix + key, shown ?? (text => text));
        return configuration[ConfigurationKey(prefix + key)];
    }

    private void Fault(string key, string? value, string rule) =>
        faults.Add(new SettingsFault(prefix + key, value, rule, Origin(ConfigurationKey(prefix + key))));

    private string? Origin(string path) =>
        configuration.Providers.OfType<SettingsLayer>().LastOrDefault(layer => layer.TryGet(path, out _))?.Origin(path);

    private static string ConfigurationKey(string key) => key.Replace('.', ':');

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
