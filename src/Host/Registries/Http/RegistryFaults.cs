namespace CacheMachine.Host.Registries.Http;

/// <summary>
/// Makes every error of the client, so that none has a secret in it, more than one line, or more of what the other side says than a
/// person wants to read. There are no inner exceptions: their texts may be the other side's too.
/// </summary>
/// <param name="secrets">Struck from each message.</param>
/// <param name="retryAfterMax">The longest wait that a registry gets by asking for one.</param>
/// <param name="time">Clock.</param>
internal sealed class RegistryFaults(KnownSecrets secrets, TimeSpan retryAfterMax, TimeProvider time)
{
    private const int MaxText = 300;

    /// <summary>An answer that is an error.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="how">How it was asked for, where that matters: <c> anonymously</c>.</param>
    public RegistryException ErrorOf(RegistryResponse response, string how = "")
    {
        var answer = ErrorAnswer.Read(response);
        var code = answer.Code is null ? null : Line(answer.Code);
        var reason = $"HTTP {response.Status}{(code is null ? "" : $": {code}")}";
        var says = answer.Message is null ? "" : $": {Line(answer.Message)}";
        var hint = response.Status == 401 && !response.Raw("WWW-Authenticate").Any() ? " (no WWW-Authenticate challenge)" : "";
        var waits = answer.Kind is RegistryErrorKind.RateLimited or RegistryErrorKind.Unavailable;
        return new(answer.Kind, $"{Asked(response.Request, response.Request.Uri, how)}: {reason}{says}{hint}")
        {
            Reason = reason,
            Status = response.Status,
            Code = code,
            RetryAfter = waits ? RetryAfter.Of(response, time.GetUtcNow(), retryAfterMax) : null,
            MayBeTold = answer.IsOfRegistry || IsKnown(response.Request, response.Uri),
        };
    }

    /// <summary>An answer whose status is good and whose contents are not.</summary>
    public RegistryException Unusable(RegistryResponse response, string what, RegistryErrorKind kind = RegistryErrorKind.Protocol) =>
        Make(response.Request, response.Uri, kind, what, mayBeTold: response.IsOfRegistry, response.Status);

    /// <summary>No answer.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="uri">Where, after redirects.</param>
    /// <param name="kind">What a caller acts on.</param>
    /// <param name="what">What went wrong.</param>
    /// <param name="mayBeTold">Whether that says nothing of a host that only a user of the API names.</param>
    public RegistryException NoAnswer(RegistryRequest request, Uri uri, RegistryErrorKind kind, string what, bool mayBeTold = false) =>
        Make(request, uri, kind, what, mayBeTold, status: null);

    private RegistryException Make(RegistryRequest request, Uri uri, RegistryErrorKind kind, string what, bool mayBeTold, int? status)
    {
        var line = Line(what);
        return new(kind, $"{Asked(request, uri)}: {line}")
        {
            Reason = line,
            Status = status,
            MayBeTold = mayBeTold || IsKnown(request, uri),
        };
    }

    private static bool IsKnown(RegistryRequest request, Uri uri) =>
        request.IsToKnownHost && RegistryTransport.SameOrigin(request.Uri, uri);

    private string Asked(RegistryRequest request, Uri uri, string how = "") =>
        $"{secrets.StrikeFrom(request.Operation)}{how} ({request.Method} {Line(uri.GetLeftPart(UriPartial.Path))})";

    private string Line(string text) => OutsideText.Shorten(secrets.StrikeFrom(text).Trim(), MaxText);
}
