namespace CacheMachine.Host.Settings.Hocon;

/// <summary>
/// Parses one HOCON text (https://github.com/lightbend/config/blob/main/HOCON.md) into nodes. Includes are parsed on the way by
/// <paramref name="include"/>, which gets the statement and the absolute path of the object that holds it.
/// </summary>
internal sealed class HoconParser(
    HoconCursor cursor, string[] includedAt, int outerDepth, Func<HoconIncludeStatement, string[], int, HoconObjectNode> include)
{
    private readonly List<string> path = [.. includedAt];
    private int depth = outerDepth;

    /// <summary>The root object; its braces may be left out. A root array is refused: settings have names.</summary>
    public HoconObjectNode ParseRoot()
    {
        cursor.SkipLines();
        if (cursor.Current == '[')
            throw cursor.Fault("the root of a configuration is an object, not an array");
        var root = new HoconObjectNode(cursor.Location);
        if (cursor.Current != '{')
        {
            ParseFields(root, HoconCursor.End);
            return root;
        }
        cursor.Next();
        ParseFields(root, '}');
        cursor.SkipLines();
        return cursor.AtEnd ? root : throw cursor.Fault("nothing may follow the closing '}' of the root object");
    }

    private HoconObjectNode ParseObject()
    {
        var node = new HoconObjectNode(cursor.Location);
        cursor.Next();
        ParseFields(node, '}');
        return node;
    }

    private void ParseFields(HoconObjectNode target, char close)
    {
        var opened = cursor.Location;
        cursor.SkipLines();
        while (!AtClose(close, opened))
        {
            if (HoconIncludeStatement.Begins(cursor))
                target.AssignAll(include(HoconIncludeStatement.Parse(cursor), [.. path], depth));
            else
                ParseField(target);
            SkipSeparator(close);
        }
    }

    private bool AtClose(char close, HoconLocation opened)
    {
        if (cursor.AtEnd)
            return close == HoconCursor.End ? true : throw new HoconException(opened, $"the closing '{close}' is missing");
        if (cursor.Current == close)
        {
            cursor.Next();
            return true;
        }
        return cursor.Current switch
        {
            ',' => throw cursor.Fault("a comma must follow a value, and only one"),
            '}' or ']' => throw cursor.Fault($"'{cursor.Current}' closes nothing that is open here"),
            _ => false,
        };
    }

    /// <summary>A comma, a newline or both; nothing is needed before the closing bracket.</summary>
    private void SkipSeparator(char close)
    {
        var newline = cursor.SkipLines();
        if (cursor.Current == ',')
        {
            cursor.Next();
            cursor.SkipLines();
        }
        else if (!newline && !cursor.AtEnd && cursor.Current != close)
        {
            throw cursor.Current is '}' or ']'
                ? cursor.Fault($"'{cursor.Current}' closes nothing that is open here")
                : cursor.Fault("a comma or a newline must follow a value");
        }
    }

    private void ParseField(HoconObjectNode target)
    {
        var at = cursor.Location;
        var key = HoconPath.Parse(cursor);
        cursor.SkipLines();
        var append = cursor.StartsWith("+=");
        if (append)
            cursor.Skip(2);
        else if (cursor.Current is ':' or '=')
            cursor.Next();
        else if (cursor.Current != '{')
            throw new HoconException(at, $"the key \"{string.Join('.', key)}\" must be followed by '=', ':', '+=' or '{{'");
        cursor.SkipLines();

        Enter(key.Length, at);
        path.AddRange(key);
        var value = ParseValue();
        path.RemoveRange(path.Count - key.Length, key.Length);
        depth -= key.Length;
        target.Assign(key, append ? new HoconAppendNode(at, new HoconArrayNode(at, [value])) : value);
    }

    private HoconArrayNode ParseArray()
    {
        var opened = cursor.Location;
        cursor.Next();
        Enter(1, opened);
        // An element has no path: nothing can refer to it, and an object in it is not the field of that name outside.
        path.Add(HoconPath.Unreachable);
        var elements = new List<HoconNode>();
        cursor.SkipLines();
        while (!AtClose(']', opened))
        {
            elements.Add(ParseValue());
            SkipSeparator(']');
        }
        path.RemoveAt(path.Count - 1);
        depth--;
        return new HoconArrayNode(opened, elements);
    }

    private void Enter(int levels, HoconLocation at)
    {
        depth += levels;
        if (depth > HoconLimits.Depth)
            throw new HoconException(at, $"objects, arrays and keys may be at most {HoconLimits.Depth} levels deep");
    }

    private HoconNode ParseValue()
    {
        var at = cursor.Location;
        var parts = new List<HoconPart>();
        var space = "";
        while (!cursor.AtEnd && !cursor.AtComment && cursor.Current is not ('\n' or ',' or '}' or ']'))
        {
            parts.Add(new HoconPart(space, ParsePart()));
            space = cursor.SkipSpace();
        }
        return parts.Count switch
        {
            0 => throw cursor.Fault("a value is missing"),
            1 => parts[0].Node,
            _ => new HoconConcatenationNode(at, parts),
        };
    }

    private HoconNode ParsePart()
    {
        var at = cursor.Location;
        switch (cursor.Current)
        {
            case '{':
                return ParseObject();
            case '[':
                return ParseArray();
            case '"':
                return new HoconScalarNode(at, HoconStrings.ReadQuoted(cursor));
            case '$' when cursor.Peek(1) == '{':
                return ParseSubstitution();
            default:
                var text = HoconStrings.ReadUnquoted(cursor, numbers: true);
                return text.Length > 0
                    ? new HoconScalarNode(at, text, IsNull: text == "null")
                    : throw cursor.Fault($"the character '{cursor.Current}' may only be used inside quotes");
        }
    }

    private HoconSubstitutionNode ParseSubstitution()
    {
        var at = cursor.Location;
        cursor.Skip(2);
        var optional = cursor.Current == '?';
        if (optional)
            cursor.Next();
        cursor.SkipSpace();
        var target = HoconPath.Parse(cursor);
        if (cursor.Current != '}')
            throw new HoconException(at, "a substitution is ${path} or ${?path}, on one line");
        cursor.Next();
        return new HoconSubstitutionNode(at, target, includedAt, optional);
    }
}
