namespace CacheMachine.Host.Settings;

/// <summary>Image registries.</summary>
/// <param name="CredentialsFile">Docker's config.json; may be missing.</param>
/// <param name="InsecureHosts">HOST or HOST:PORT of registries without TLS.</param>
/// <param name="PollInterval">Between two looks at a repository.</param>
/// <param name="Timeout">Longest wait for one answer.</param>
/// <param name="BackoffMin">First wait after a failure.</param>
/// <param name="BackoffMax">Longest wait after failures.</param>
public sealed record RegistrySettings(
    string CredentialsFile,
    IReadOnlyList<string> InsecureHosts,
    TimeSpan PollInterval,
    TimeSpan Timeout,
    TimeSpan BackoffMin,
    TimeSpan BackoffMax)
{
    internal static RegistrySettings Read(SettingsReader reader)
    {
        var settings = new RegistrySettings(
            reader.Path("credentials-file"),
            reader.List("insecure-hosts", 100, SettingsRules.RegistryHost, SettingsRules.IsRegistryHost),
            reader.Duration("poll-interval", TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)),
            reader.Duration("timeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
            reader.Duration("backoff-min", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(24)),
            reader.Duration("backoff-max", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(24)));
        reader.Require(settings.BackoffMin <= settings.BackoffMax, "backoff-max", "must not be shorter than backoff-min");
        return settings;
    }
}
