using System.Text;

namespace CacheMachine.Host.Settings.Hocon;

/// <summary>Reads files and what they include. An included file is looked for beside the file that includes it, never in the working directory.</summary>
internal sealed class HoconLoader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly List<string> open = [];

    /// <summary>Parses a file that must exist.</summary>
    public HoconObjectNode LoadFile(string file)
    {
        var full = Path.GetFullPath(file);
        return File.Exists(full)
            ? Load(full, file, new HoconLocation(file, 1, 1), [], 0)
            : throw new HoconException(new HoconLocation(file, 1, 1), "the file does not exist");
    }

    /// <summary>Parses a text that is no file; its includes are looked for in <paramref name="directory"/>.</summary>
    public HoconObjectNode LoadText(string name, string text, string directory) => Parse(name, text, Path.GetFullPath(directory), [], 0);

    private HoconObjectNode Load(string full, string name, HoconLocation from, string[] at, int depth)
    {
        if (open.Contains(full, StringComparer.Ordinal))
            throw new HoconException(from, $"the files include each other in a circle: {string.Join(" -> ", open.Append(full).Select(Path.GetFileName))}");
        if (open.Count >= HoconLimits.IncludeDepth)
            throw new HoconException(from, $"files may include each other at most {HoconLimits.IncludeDepth} levels deep");
        open.Add(full);
        var node = Parse(name, Read(full, name, from), Path.GetDirectoryName(full) ?? "", at, depth);
        open.RemoveAt(open.Count - 1);
        return node;
    }

    private HoconObjectNode Parse(string name, string text, string directory, string[] at, int depth) =>
        new HoconParser(new HoconCursor(name, text), at, depth, (statement, place, outerDepth) => Include(statement, directory, place, outerDepth))
            .ParseRoot();

    private HoconObjectNode Include(HoconIncludeStatement statement, string directory, string[] place, int depth)
    {
        var result = new HoconObjectNode(statement.Location);
        var found = false;
        foreach (var candidate in Candidates(Path.GetFullPath(statement.Name, directory)))
        {
            if (!File.Exists(candidate))
                continue;
            found = true;
            result.AssignAll(Load(candidate, candidate, statement.Location, place, depth));
        }
        return found || !statement.Required
            ? result
            : throw new HoconException(statement.Location, $"the required file \"{statement.Name}\" does not exist beside this one");
    }

    /// <summary>A name without an extension stands for .json and then .conf, as the specification has it; a file of exactly that name comes first.</summary>
    private static string[] Candidates(string full) =>
        Path.HasExtension(full) ? [full] : [full, full + ".json", full + ".conf"];

    private static string Read(string full, string name, HoconLocation from)
    {
        try
        {
            using var reader = new StreamReader(full, StrictUtf8, detectEncodingFromByteOrderMarks: false);
            var text = new char[HoconLimits.FileLength + 1];
            var length = reader.ReadBlock(text);
            return length <= HoconLimits.FileLength
                ? new string(text, 0, length)
                : throw new HoconException(from, $"the file \"{name}\" is longer than {HoconLimits.FileLength} characters");
        }
        catch (DecoderFallbackException)
        {
            throw new HoconException(from, $"the file \"{name}\" is not UTF-8");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HoconException(from, $"the file \"{name}\" cannot be read: {e.Message}");
        }
    }
}
