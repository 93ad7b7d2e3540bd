namespace CacheMachine.Host.Settings;

/// <summary>
/// Settings from environment variables: <c>CACHEMACHINE__SECTION__KEY</c> with '_' for '-', and the variables of the older service.
/// Where both name one setting, the former wins.
/// </summary>
internal static class EnvironmentLayer
{
    private const string Prefix = "CACHEMACHINE__";

    private static readonly (string Variable, string Key)[] Compatible =
    [
        ("SAFIR_NAME", "http:prefix"),
        ("SAFIR_LOG_LEVEL", "log:level"),
        ("SAFIR_PROFILE", "log:profile"),
        ("SAFIR_LOGGER", "log:logger"),
        ("DOCKER_SECRET_NAME", "kubernetes:pull-secret"),
    ];

    /// <summary>The settings that the variables make. An empty compatible variable counts as not set, as charts write them unconditionally.</summary>
    public static Dictionary<string, string?> From(IReadOnlyDictionary<string, string> environment)
    {
        var result = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (variable, key) in Compatible)
        {
            if (environment.TryGetValue(variable, out var value) && value.Length > 0)
                result[$"{HostSettings.Section}:{key}"] = value;
        }
        if (environment.TryGetValue("KUBERNETES_SERVICE_HOST", out var host) && host.Length > 0)
            result[$"{HostSettings.Section}:kubernetes:in-cluster"] = "true";
        foreach (var (variable, value) in environment.Where(v => v.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)))
        {
            var key = variable[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal).Replace('_', '-');
            result[$"{HostSettings.Section}:{key.ToLowerInvariant()}"] = value;
        }
        return result;
    }
}
