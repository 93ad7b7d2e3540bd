namespace CacheMachine.Host.Kubernetes.Access;

/// <summary>Which API server, as whom, and in which namespace. Files that it points to are followed when they change.</summary>
/// <param name="Server">http or https, possibly with a base path.</param>
/// <param name="Namespace">The context's, or the pod's own.</param>
/// <param name="Source">Where this comes from, in words, for logs.</param>
internal sealed record ApiAccess(Uri Server, string Namespace, string Source)
{
    /// <summary>Whom requests come from.</summary>
    public ApiCredentials Credentials { get; init; } = ApiCredentials.Anonymous;

    /// <summary>How the server's certificate is judged; not used with http.</summary>
    public ServerTrust Trust { get; init; } = ServerTrust.System;

    /// <summary>The name that the certificate must have and that is sent as SNI; null for the server's host.</summary>
    public string? ServerName { get; init; }

    /// <summary>http, https or socks5 proxy; null for the one of the environment, which loopback servers do not use.</summary>
    public Uri? Proxy { get; init; }
}

/// <summary>Times of what is read from files and got from plugins.</summary>
/// <param name="Time">Clock.</param>
internal sealed record AccessTimes(TimeProvider Time)
{
    /// <summary>How long the content of a token or certificate file is used before it is read again.</summary>
    public TimeSpan FileReload { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>An exec plugin that takes longer is killed.</summary>
    public TimeSpan Exec { get; init; } = TimeSpan.FromSeconds(30);
}
