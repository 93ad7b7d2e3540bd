using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CacheMachine.Simulator.Api;

namespace CacheMachine.Simulator.Store;

internal enum SelectorOperator
{
    In,
    NotIn,
    Exists,
    DoesNotExist,
    Gt,
    Lt,
}

/// <summary>One requirement on labels. NotIn holds for an object without the label, as in Kubernetes.</summary>
internal sealed record LabelRequirement(string Key, SelectorOperator Operator, IReadOnlyList<string> Values)
{
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        var present = labels.TryGetValue(Key, out var value);
        return Operator switch
        {
            SelectorOperator.In => present && Values.Contains(value!),
            SelectorOperator.NotIn => !present || !Values.Contains(value!),
            SelectorOperator.Exists => present,
            SelectorOperator.DoesNotExist => !present,
            SelectorOperator.Gt => present && long.TryParse(value, out var a) && long.TryParse(Values[0], out var b) && a > b,
            SelectorOperator.Lt => present && long.TryParse(value, out var a) && long.TryParse(Values[0], out var b) && a < b,
            _ => false,
        };
    }

    /// <summary>An element of matchExpressions (of a label selector or of a node selector term).</summary>
    public static LabelRequirement Read(JsonObject expression) => new(
        expression.Text("key") ?? "",
        Enum.TryParse<SelectorOperator>(expression.Text("operator"), out var parsed)
            ? parsed
            : throw ApiErrors.BadRequest($"\"{expression.Text("operator")}\" is not a valid selector operator"),
        [.. expression.Texts("values")]);
}

/// <summary>A label selector: all requirements hold; the empty one selects everything.</summary>
internal sealed partial class LabelSelector(IReadOnlyList<LabelRequirement> requirements)
{
    public static readonly LabelSelector Everything = new([]);

    public bool IsEmpty => requirements.Count == 0;

    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        foreach (var requirement in requirements)
        {
            if (!requirement.Matches(labels))
                return false;
        }

        return true;
    }

    /// <summary>The object form: matchLabels and matchExpressions.</summary>
    public static LabelSelector Read(JsonNode? selector) => new(
    [
        .. selector.StringMap("matchLabels").Select(pair => new LabelRequirement(pair.Key, SelectorOperator.In, [pair.Value])),
        .. selector.Maps("matchExpressions").Select(LabelRequirement.Read),
    ]);

    /// <summary>The query form: <c>a=b,c!=d,e in (f,g),h notin (i),j,!k</c>.</summary>
    /// <exception cref="ApiException">400 for what cannot be parsed.</exception>
    public static LabelSelector Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return Everything;
        return new LabelSelector([.. SplitOutsideParentheses(text).Select(part => ParseOne(part.Trim(), text))]);
    }

    private static LabelRequirement ParseOne(string part, string whole)
    {
        if (SetBased().Match(part) is { Success: true } set)
        {
            return new LabelRequirement(
                set.Groups["key"].Value,
                set.Groups["op"].Value == "in" ? SelectorOperator.In : SelectorOperator.NotIn,
                [.. set.Groups["values"].Value.Split(',').Select(value => value.Trim())]);
        }

        if (Equality().Match(part) is { Success: true } equality)
        {
            return new LabelRequirement(
                equality.Groups["key"].Value,
                equality.Groups["op"].Value == "!=" ? SelectorOperator.NotIn : SelectorOperator.In,
                [equality.Groups["value"].Value]);
        }

        if (Existence().Match(part) is { Success: true } existence)
        {
            return new LabelRequirement(
                existence.Groups["key"].Value,
                existence.Groups["not"].Success ? SelectorOperator.DoesNotExist : SelectorOperator.Exists,
                []);
        }

        throw ApiErrors.BadRequest($"unable to parse requirement: \"{part}\" in the label selector \"{whole}\"");
    }

    private static IEnumerable<string> SplitOutsideParentheses(string text)
    {
        var depth = 0;
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (text[i] != ',' || depth != 0)
                continue;
            yield return text[start..i];
            start = i + 1;
        }

        yield return text[start..];
    }

    private const string Name = @"[A-Za-z0-9]([A-Za-z0-9_./-]*[A-Za-z0-9])?";

    [GeneratedRegex(@"^(?<key>" + Name + @")\s+(?<op>in|notin)\s*\((?<values>[^()]*)\)$", RegexOptions.ExplicitCapture)]
    private static partial Regex SetBased();

    [GeneratedRegex(@"^(?<key>" + Name + @")\s*(?<op>==|=|!=)\s*(?<value>([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Equality();

    [GeneratedRegex("^(?<not>!)?\\s*(?<key>" + Name + ")$", RegexOptions.ExplicitCapture)]
    private static partial Regex Existence();
}
