namespace CacheMachine.Host.Registries;

/// <summary>Settings of a <see cref="RegistryClient"/>.</summary>
public sealed record RegistryOptions
{
    /// <summary>
    /// Hosts, each <c>host:port</c>, or <c>host</c> for port 80, that are talked to over plain http. No other host ever is, not even
    /// localhost.
    /// </summary>
    public IReadOnlyList<string> InsecureHosts { get; init; } = [];

    /// <summary>
    /// Token servers that may get a registry's credentials, besides those that obviously belong to it, each <c>registry=token-server</c>;
    /// both <c>host:port</c>, or <c>host</c> for the default port.
    /// </summary>
    public IReadOnlyList<string> TrustedRealms { get; init; } = [];

    /// <summary>A <c>.dockerconfigjson</c> file; null, or no such file, means anonymous. Read again when it changes.</summary>
    public string? DockerConfigPath { get; init; }

    /// <summary>The time for one HTTP exchange, from connecting to the last byte.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The most HTTP exchanges at once with one host; more wait.</summary>
    public int MaxConcurrentRequestsPerHost { get; init; } = 4;

    /// <summary>The longest time that a registry is left alone because it asks for it.</summary>
    public TimeSpan RetryAfterMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many tags to ask for at once; a registry may give fewer or more, or refuse, and is asked without a number.</summary>
    public int PageSize { get; init; } = 1000;

    /// <summary>The most pages of one tag list.</summary>
    public int MaxPages { get; init; } = 1000;

    /// <summary>The most tags of one repository.</summary>
    public int MaxTags { get; init; } = 100_000;

    /// <summary>The most bytes of one page of a tag list.</summary>
    public int MaxPageBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Whether HTTP_PROXY, HTTPS_PROXY and NO_PROXY count. A proxy resolves names itself: link-local addresses are then refused only where a URL has them literally.</summary>
    public bool UseEnvironmentProxy { get; init; } = true;
}
