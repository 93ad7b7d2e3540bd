namespace CacheMachine.Host.Settings.Hocon;

/// <summary><c>include "name"</c>, <c>include file("name")</c>, and both inside <c>required(...)</c>.</summary>
/// <param name="Location">The word <c>include</c>.</param>
/// <param name="Name">The path as written, relative to the file that holds the statement.</param>
/// <param name="Required">A missing file is an error; without it, a missing file is skipped.</param>
internal sealed record HoconIncludeStatement(HoconLocation Location, string Name, bool Required)
{
    private const string Word = "include";

    /// <summary>Whether the next key begins with the word on its own; <c>includes</c> and <c>"include"</c> are ordinary keys.</summary>
    public static bool Begins(HoconCursor cursor)
    {
        var after = cursor.Peek(Word.Length);
        return cursor.StartsWith(Word) && (HoconCursor.IsSpace(after) || after is HoconCursor.End || "$\"{}[]:=,+#(".Contains(after));
    }

    public static HoconIncludeStatement Parse(HoconCursor cursor)
    {
        var at = cursor.Location;
        cursor.Skip(Word.Length);
        cursor.SkipLines();
        var required = Open(cursor, "required(");
        var file = Open(cursor, "file(");
        if (cursor.Current != '"')
        {
            throw cursor.StartsWith("url(") || cursor.StartsWith("classpath(")
                ? cursor.Fault("only files can be included: include \"name\" or include file(\"name\")")
                : cursor.Fault("include must be followed by \"name\", file(\"name\") or required(...); as a key, the word is written \"include\"");
        }
        var name = HoconStrings.ReadQuoted(cursor);
        if (name.Length == 0 || name.Contains('\0'))
            throw new HoconException(at, "the name of an included file may not be empty nor hold U+0000");
        Close(cursor, file);
        Close(cursor, required);
        return new HoconIncludeStatement(at, name, required);
    }

    private static bool Open(HoconCursor cursor, string word)
    {
        if (!cursor.StartsWith(word))
            return false;
        cursor.Skip(word.Length);
        cursor.SkipSpace();
        return true;
    }

    private static void Close(HoconCursor cursor, bool opened)
    {
        if (!opened)
            return;
        cursor.SkipSpace();
        if (cursor.Current != ')')
            throw cursor.Fault("the closing ')' of the include is missing");
        cursor.Next();
    }
}
