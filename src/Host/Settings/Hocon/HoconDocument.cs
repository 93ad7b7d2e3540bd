namespace CacheMachine.Host.Settings.Hocon;

/// <summary>Reads HOCON (https://github.com/lightbend/config/blob/main/HOCON.md) into the flat keys of Microsoft.Extensions.Configuration.</summary>
public static class HoconDocument
{
    /// <summary>
    /// Merges files, the weakest first, then resolves substitutions over all of them: the configuration first, then <paramref name="environment"/>
    /// (null for a variable that is not set).
    /// </summary>
    /// <returns>Keys joined with ':', array elements numbered from 0; keys compare without regard to case.</returns>
    /// <exception cref="HoconException">A file does not exist, cannot be read, or breaks a rule.</exception>
    public static IReadOnlyDictionary<string, string?> Load(IEnumerable<string> files, Func<string, string?> environment) =>
        Resolve([.. files.Select(f => new HoconLoader().LoadFile(f))], environment);

    /// <summary>The same for one text; includes are relative to <paramref name="directory"/>.</summary>
    /// <exception cref="HoconException">The text breaks a rule.</exception>
    public static IReadOnlyDictionary<string, string?> Parse(
        string text, Func<string, string?> environment, string name = "text", string directory = ".") =>
        Resolve([new HoconLoader().LoadText(name, text, directory)], environment);

    private static Dictionary<string, string?> Resolve(HoconObjectNode[] documents, Func<string, string?> environment) =>
        new HoconFlattener(new HoconResolver(documents, environment)).Flatten();
}
