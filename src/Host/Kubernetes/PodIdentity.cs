namespace CacheMachine.Host.Kubernetes;

/// <summary>How a process learns the name of its pod.</summary>
internal static class PodIdentity
{
    /// <summary>
    /// POD_NAME (set it with a fieldRef), else the file <c>name</c> of a downward API mount, else HOSTNAME, which is the pod's name
    /// unless the pod has a hostname or the node's network. Null when none is there.
    /// </summary>
    /// <param name="variable">Value of an environment variable, or null.</param>
    /// <param name="podInfoDirectory">Where the downward API is mounted.</param>
    public static string? FindName(Func<string, string?> variable, string podInfoDirectory)
    {
        if (variable("POD_NAME") is { Length: > 0 } given)
            return given;
        var file = Path.Combine(podInfoDirectory, "name");
        if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } mounted)
            return mounted;
        return variable("HOSTNAME") is { Length: > 0 } host ? host : null;
    }
}
