namespace CacheMachine.Kubernetes;

/// <summary>Limits and times of a <see cref="KubernetesClient"/>.</summary>
public sealed record KubernetesClientOptions
{
    /// <summary>Sent as User-Agent; the part before the slash becomes the field manager of what is written.</summary>
    public string UserAgent { get; init; } = "cachemachine";

    /// <summary>TCP and TLS together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// One call on one object, one page of a list, or the start of a watch, from asking for credentials to the last byte,
    /// repetitions included.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Connections older than this are not used for new requests, so that a changed DNS entry or set of API servers is found, and the
    /// load spreads again.
    /// </summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// A read (get, a page of a list, the start of a watch) that is answered with 429 is repeated once when Retry-After is at most
    /// this; zero turns it off. Nothing that writes is ever repeated for a 429: the caller decides with the error's RetryAfter.
    /// </summary>
    public TimeSpan MaxRetryAfterWait { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Objects per page of a list.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>Bytes of one object in a list or of one watch frame; a bigger one is an error and not a full memory.</summary>
    public int MaxObjectBytes { get; init; } = 32 << 20;

    /// <summary>For all times above.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
