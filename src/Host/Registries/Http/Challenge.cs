using System.Buffers;

namespace CacheMachine.Host.Registries.Http;

/// <summary>One challenge of a <c>WWW-Authenticate</c> header (RFC 7235, section 4.1).</summary>
/// <param name="Scheme">As it is written; case does not matter.</param>
/// <param name="Parameters">By name in any case; the first of a name counts. Empty for a challenge with a token68.</param>
internal sealed record Challenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    private static readonly SearchValues<char> Token68Chars =
        SearchValues.Create("-._~+/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> Padding = SearchValues.Create("=");

    public bool IsBasic => Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase);

    public bool IsBearer => Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase);

    public string? Parameter(string name) => Parameters.GetValueOrDefault(name);

    /// <summary>All challenges of all headers. What follows an unreadable part of a header is left out.</summary>
    public static IReadOnlyList<Challenge> Parse(IEnumerable<string> headers) => [.. headers.SelectMany(Parse)];

    private static List<Challenge> Parse(string header)
    {
        var challenges = new List<Challenge>();
        var reader = new HeaderReader(header);
        while (!reader.SkipListSeparators().AtEnd)
        {
            if (reader.TakeToken() is not { } scheme) break;
            var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            var readable = reader.AtEnd || SkipToken68(reader) || ReadParameters(reader, parameters);
            if (!readable) break;
            challenges.Add(new Challenge(scheme, parameters));
        }

        return challenges;
    }

    // A token68 stands alone: "Negotiate abc==". What looks like one but is followed by more is a parameter.
    private static bool SkipToken68(HeaderReader reader)
    {
        var start = reader.Position;
        var found = reader.SkipSpace().Position > start && reader.TakeWhile(Token68Chars) is not null;
        if (found)
        {
            reader.TakeWhile(Padding);
            var end = reader.Position;
            if (reader.SkipSpace().AtEnd || reader.TryTake(','))
            {
                reader.Position = end;
                return true;
            }
        }

        reader.Position = start;
        return false;
    }

    // A comma separates parameters and challenges alike: a token that "=" follows is a parameter, any other the next scheme.
    private static bool ReadParameters(HeaderReader reader, Dictionary<string, string> parameters)
    {
        while (true)
        {
            var start = reader.SkipListSeparators().Position;
            if (reader.AtEnd) return true;
            if (reader.TakeToken() is not { } name) return false;
            if (!reader.SkipSpace().TryTake('='))
            {
                reader.Position = start;
                return true;
            }

            reader.SkipSpace();
            if (reader.TakeValue() is not { } value) return false;
            parameters.TryAdd(name, value);
            if (!reader.SkipSpace().AtEnd && !reader.TryTake(',')) return false;
        }
    }
}
