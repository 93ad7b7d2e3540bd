using Akka.Configuration.Hocon;

namespace CacheMachine.Host.Settings;

/// <summary>A HOCON file, read by Akka.NET's parser: settings, and tuning of Akka.NET's own in <c>akka { }</c>.</summary>
internal sealed class HoconFile
{
    private const string AkkaSection = "akka";

    private readonly string _path;
    private readonly string[] _lines;
    private readonly IReadOnlyList<string> _including;
    private readonly HoconRoot _root;

    private HoconFile(string path, IReadOnlyList<string> including, string? by = null)
    {
        _path = path;
        _including = [.. including, Path.GetFullPath(path)];
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsFileException($"{by ?? path}: {e.Message}");
        }
        _lines = text.Split('\n');
        if (HoconText.Fault(text) is { } fault)
            throw new SettingsFileException($"{path}:{fault.Line}: {fault.Rule}");
        try
        {
            _root = Parse(_lines.Length);
        }
        catch (Exception e) when (e is not SettingsFileException)
        {
            throw new SettingsFileException($"{path}:{FirstLine(IsReadable)}: {e.Message.Split('\n')[0].Trim(' ', ':')}");
        }
    }

    /// <summary>The settings of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isReference">Whether it is the one with the defaults.</param>
    /// <exception cref="SettingsFileException">It, or one that it includes, is missing or breaks a rule.</exception>
    public static SettingsLayer Read(string path, bool isReference = false)
    {
        var file = new HoconFile(path, []);
        var entries = Flatten(file._root);
        var faults = entries.Where(entry => entry.Value.Fault is not null).ToList();
        if (faults.Count > 0)
        {
            throw new SettingsFileException(
                [.. faults.Select(entry => $"{path}:{file.LineOf(entry.Key)}: {Dotted(entry.Key)} {entry.Value.Fault}")]);
        }
        return new SettingsLayer(
            entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Text)),
            key => isReference ? null : $"{path}:{file.LineOf(key)}",
            file._root.Value.GetObject().GetKey(AkkaSection)?.AtKey(AkkaSection));
    }

    private static Dictionary<string, (string? Text, string? Fault)> Flatten(HoconRoot root)
    {
        var entries = new Dictionary<string, (string? Text, string? Fault)>(StringComparer.OrdinalIgnoreCase);
        Add("", root.Value.GetObject());
        return entries;

        void Add(string prefix, HoconObject settings)
        {
            foreach (var (name, value) in settings.Items.Where(item => prefix.Length > 0 || item.Key != AkkaSection))
            {
                var key = prefix + name;
                if (name.AsSpan().ContainsAny('.', ':'))
                    entries[key] = (null, "is a key with a dot or colon in quotes; a path of keys has none");
                else if (value.IsObject())
                    Add(key + ConfigurationPath.KeyDelimiter, value.GetObject());
                else if (!entries.TryAdd(key, Entry(value)))
                    entries[key] = (null, "is there twice: keys that differ in case only are the same");
            }
        }
    }

    private static (string? Text, string? Fault) Entry(HoconValue value)
    {
        if (!value.Values.Exists(part => part.IsArray()))
            return value.GetString() is { } text ? (text, null) : (null, "has no value");
        var items = value.GetArray().Select(item => (string?)item.GetString()).ToList();
        // White space between a list and a comment is a part of the value.
        var isList = value.Values.TrueForAll(part => part.IsArray() || (part.IsString() && string.IsNullOrWhiteSpace(part.GetString())));
        return !isList || items.Contains(null)
            ? (null, "must be a list of texts and nothing else")
            : (string.Join(',', items), null);
    }

    // On one line, whatever the parser took for a key.
    private static string Dotted(string key) =>
        string.Join(' ', key.Replace(':', '.').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private HoconRoot Parse(int lines) => Parser.Parse(string.Join('\n', _lines.Take(lines)) + '\n', Include);

    private HoconRoot Include(string name)
    {
        var path = Path.Combine(Path.GetDirectoryName(_path)!, name);
        var by = $"{_path}:{Array.FindIndex(_lines, line => line.Contains($"\"{name}\"", StringComparison.Ordinal)) + 1}";
        return _including.Contains(Path.GetFullPath(path))
            ? throw new SettingsFileException($"{by}: {path} includes itself")
            : new HoconFile(path, _including, by)._root;
    }

    // Akka.NET's parser tells no lines, and takes a text that ends too early: so the line is the first from which on the text up to it has
    // the value, or the fault.
    private int LineOf(string key)
    {
        var entry = Flatten(_root)[key];
        return FirstLine(lines => IsReadable(lines) && !(Flatten(Parse(lines)).TryGetValue(key, out var before) && before == entry));
    }

    private int FirstLine(Func<int, bool> isBefore)
    {
        var line = _lines.Length;
        while (line > 1 && !isBefore(line - 1))
            line--;
        return line;
    }

    private bool IsReadable(int lines)
    {
        try
        {
            Parse(lines);
            return true;
        }
        catch (Exception e) when (e is not SettingsFileException)
        {
            return false;
        }
    }
}
