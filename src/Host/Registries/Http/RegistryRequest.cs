using System.Net.Http.Headers;

namespace CacheMachine.Host.Registries.Http;

/// <summary>One request, which a transport may have to send several times.</summary>
internal sealed record RegistryRequest(HttpMethod Method, Uri Uri)
{
    /// <summary>What the request is for, for error messages: <c>Listing tags of host/repo</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>The most bytes of a successful answer.</summary>
    public required int MaxBytes { get; init; }

    /// <summary>Whether an operator chose the host, and not whoever uses the API: what is found there may be told.</summary>
    public bool IsToKnownHost { get; init; }

    /// <summary>Sent to the host of <see cref="Uri"/> and to no other.</summary>
    public AuthenticationHeaderValue? Authorization { get; init; }

    /// <summary>Media types for the Accept header.</summary>
    public IReadOnlyList<string> Accept { get; init; } = [];

    /// <summary>Form fields of a POST; a request that has them is never redirected.</summary>
    public IReadOnlyDictionary<string, string>? Form { get; init; }

    public HttpRequestMessage ToMessage(Uri uri, bool authorized)
    {
        var message = new HttpRequestMessage(Method, uri);
        message.Headers.UserAgent.ParseAdd("cachemachine/2.0");
        foreach (var type in Accept) message.Headers.Accept.ParseAdd(type);
        if (authorized) message.Headers.Authorization = Authorization;
        if (Form is not null) message.Content = new FormUrlEncodedContent(Form);
        return message;
    }
}
