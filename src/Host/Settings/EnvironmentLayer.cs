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

    /// <summary>What the variables tell about where we run, which counts less than any file: in a Kubernetes cluster, or a container elsewhere.</summary>
    /// <param name="environment">All environment variables, with ':' for "__".</param>
    public static SettingsLayer Surroundings(IConfiguration environment)
    {
        const string Cluster = "KUBERNETES_SERVICE_HOST", Container = "DOTNET_RUNNING_IN_CONTAINER";
        return !string.IsNullOrEmpty(environment[Cluster]) ? Layer([("kubernetes:in-cluster", "true", Cluster)])
            : environment[Container] == "true" ? Layer([("http:bind-address", "0.0.0.0", Container)])
            : Layer([]);
    }

    /// <summary>The settings that the variables make. An empty compatible variable counts as not set: charts write them unconditionally.</summary>
    /// <param name="environment">All environment variables, with ':' for "__".</param>
    public static SettingsLayer From(IConfiguration environment) => Layer(
    [
        .. Compatible.Where(compatible => !string.IsNullOrEmpty(environment[compatible.Variable]))
            .Select(compatible => (compatible.Key, environment[compatible.Variable]!, compatible.Variable)),
        .. environment.GetSection(HostSettings.Section).AsEnumerable(makePathsRelative: true)
            .Where(variable => variable.Key.Length > 0 && variable.Value is not null)
            .Select(variable => (
                variable.Key.Replace('_', '-').ToLowerInvariant(), variable.Value!, Prefix + variable.Key.Replace(":", "__", StringComparison.Ordinal))),
    ]);

    private static SettingsLayer Layer(IEnumerable<(string Key, string Value, string Variable)> settings)
    {
        var (values, variables) = (new Dictionary<string, string?>(), new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase));
        foreach (var (key, value, variable) in settings)
        {
            var path = ConfigurationPath.Combine(HostSettings.Section, key);
            (values[path], variables[path]) = (value, variable);
        }
        return new SettingsLayer(values, variables.GetValueOrDefault);
    }
}
