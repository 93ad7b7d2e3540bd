namespace CacheMachine.Host.Registries.Http;

/// <summary>Reads <c>Link</c> headers (RFC 8288): <c>&lt;/v2/x/tags/list?last=a&amp;n=10&gt;; rel="next"</c>.</summary>
internal static class LinkHeader
{
    /// <summary>The target of the first link whose relation is next, as it is written; null when there is none.</summary>
    /// <exception cref="FormatException">A header cannot be read: whether there is a next page is not known.</exception>
    public static string? Next(IEnumerable<string> headers) => headers.Select(Next).FirstOrDefault(target => target is not null);

    private static string? Next(string header)
    {
        var reader = new HeaderReader(header);
        while (true)
        {
            if (reader.SkipListSeparators().AtEnd) return null;
            var target = reader.TryTake('<') ? reader.TakeUntil('>') : null;
            if (target is null) throw Unreadable(header);
            var isNext = false;
            while (reader.SkipSpace().TryTake(';'))
            {
                reader.SkipSpace();
                if (reader.TakeToken() is not { } name) continue;
                string? value = null;
                if (reader.SkipSpace().TryTake('='))
                {
                    reader.SkipSpace();
                    value = reader.TakeValue();
                    if (value is null) throw Unreadable(header);
                }

                isNext |= name.Equals("rel", StringComparison.OrdinalIgnoreCase)
                    && value is not null
                    && value.Split(' ').Contains("next", StringComparer.OrdinalIgnoreCase);
            }

            if (isNext) return target.Trim();
            if (!reader.AtEnd && !reader.TryTake(',')) throw Unreadable(header);
        }
    }

    private static FormatException Unreadable(string header) =>
        new($"the Link header '{header}' cannot be read");
}
