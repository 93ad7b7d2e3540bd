using CacheMachine.Host.Registries;

namespace CacheMachine.Host.Settings;

/// <summary>Image registries.</summary>
/// <param name="CredentialsFile">Docker's config.json; may be missing.</param>
/// <param name="InsecureHosts">HOST:PORT of registries without TLS; HOST is its port 80.</param>
/// <param name="TrustedRealms">REGISTRY=TOKEN-SERVER, which may get the registry's credentials.</param>
/// <param name="PollInterval">Between two looks at a repository.</param>
/// <param name="Timeout">Longest wait for one answer.</param>
/// <param name="BackoffMin">First wait after a failure.</param>
/// <param name="BackoffMax">Longest wait after failures.</param>
/// <param name="RetryAfterMax">Longest wait because a registry asks for it.</param>
/// <param name="RequestsPerHost">At the same time.</param>
/// <param name="PageSize">Tags of a page that are asked for.</param>
/// <param name="MaxPages">Of one tag list.</param>
/// <param name="MaxTags">Of one repository.</param>
/// <param name="MaxPageBytes">Of one page.</param>
/// <param name="EnvironmentProxy">Whether HTTP_PROXY, HTTPS_PROXY and NO_PROXY count.</param>
public sealed record RegistrySettings(
    string CredentialsFile,
    IReadOnlyList<string> InsecureHosts,
    IReadOnlyList<string> TrustedRealms,
    TimeSpan PollInterval,
    TimeSpan Timeout,
    TimeSpan BackoffMin,
    TimeSpan BackoffMax,
    TimeSpan RetryAfterMax,
    int RequestsPerHost,
    int PageSize,
    int MaxPages,
    int MaxTags,
    int MaxPageBytes,
    bool EnvironmentProxy)
{
    internal static RegistrySettings Read(SettingsReader reader)
    {
        var settings = new RegistrySettings(
            reader.Path("credentials-file"),
            reader.List("insecure-hosts", 100, SettingsRules.RegistryHost, SettingsRules.IsRegistryHost),
            reader.List("trusted-realms", 100, SettingsRules.TrustedRealm, SettingsRules.IsTrustedRealm),
            reader.Duration("poll-interval", TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)),
            reader.Duration("timeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
            reader.Duration("backoff-min", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(24)),
            reader.Duration("backoff-max", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(24)),
            reader.Duration("retry-after-max", TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)),
            reader.Integer("requests-per-host", 1, 100),
            reader.Integer("page-size", 1, 10_000),
            reader.Integer("max-pages", 1, 100_000),
            reader.Integer("max-tags", 1, 1_000_000),
            (int)reader.Size("max-page-size", 1024, 64 * 1024 * 1024),
            reader.Boolean("environment-proxy"));
        reader.Require(settings.BackoffMin <= settings.BackoffMax, "backoff-max", "must not be shorter than backoff-min");
        return settings;
    }

    /// <summary>The same as the registry client has it.</summary>
    internal RegistryOptions ToOptions() => new()
    {
        InsecureHosts = InsecureHosts,
        TrustedRealms = TrustedRealms,
        DockerConfigPath = CredentialsFile,
        RequestTimeout = Timeout,
        RetryAfterMax = RetryAfterMax,
        MaxConcurrentRequestsPerHost = RequestsPerHost,
        PageSize = PageSize,
        MaxPages = MaxPages,
        MaxTags = MaxTags,
        MaxPageBytes = MaxPageBytes,
        UseEnvironmentProxy = EnvironmentProxy,
    };
}
