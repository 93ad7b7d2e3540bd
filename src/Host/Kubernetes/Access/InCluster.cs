using System.Globalization;

namespace CacheMachine.Host.Kubernetes.Access;

/// <summary>What kubelet gives every pod: variables, and the mounted service account.</summary>
internal static class InCluster
{
    /// <summary>Where kubelet mounts <c>token</c>, <c>ca.crt</c> and <c>namespace</c>.</summary>
    public const string ServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

    private const string What = "in-cluster configuration";

    /// <summary>Reads it; the token and the authority are followed when they are replaced.</summary>
    /// <param name="variable">Value of an environment variable, or null.</param>
    /// <param name="directory">As <see cref="ServiceAccount"/>.</param>
    /// <param name="times">How often files are read.</param>
    /// <exception cref="KubernetesConfigException">A variable or a file is missing or faulty.</exception>
    public static ApiAccess Load(Func<string, string?> variable, string directory, AccessTimes times)
    {
        string Required(string name) =>
            variable(name) is { Length: > 0 } value ? value : throw new KubernetesConfigException($"{What}: the variable {name} is not set");
        FollowedFile Mounted(string file) => new(Path.Combine(directory, file), $"{What}, {file}", times.FileReload, times.Time);

        var host = Required("KUBERNETES_SERVICE_HOST");
        var portText = Required("KUBERNETES_SERVICE_PORT");
        if (!ushort.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            throw new KubernetesConfigException($"{What}: KUBERNETES_SERVICE_PORT is '{portText}', not a port number");
        var bracketed = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        if (!Uri.TryCreate($"https://{bracketed}:{port}", UriKind.Absolute, out var server))
            throw new KubernetesConfigException($"{What}: KUBERNETES_SERVICE_HOST is '{host}', not a host name or address");

        var token = Mounted("token");
        token.Read();
        var authority = Mounted("ca.crt");
        var trust = new ServerTrust(() => authority.Read(), $"{What}, ca.crt");
        trust.Read();
        return new ApiAccess(server, Mounted("namespace").Read().Trim(), "the pod's service account")
        {
            Credentials = new FileCredentials(null, token, null),
            Trust = trust,
        };
    }
}
