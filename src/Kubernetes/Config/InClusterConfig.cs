using System.Globalization;

namespace CacheMachine.Kubernetes.Config;

/// <summary>The configuration that kubelet gives every pod: variables, and the mounted service account.</summary>
public static class InClusterConfig
{
    private const string What = "in-cluster configuration";

    /// <summary>True in a pod whose service account token is mounted.</summary>
    public static bool IsAvailable(ConfigEnvironment environment) =>
        environment.Variable("KUBERNETES_SERVICE_HOST") is { Length: > 0 }
        && File.Exists(Path.Combine(environment.ServiceAccountDirectory, "token"));

    /// <summary>Reads it; the token and the CA are followed when they are rotated.</summary>
    /// <exception cref="KubernetesConfigException">A variable or a file is missing or faulty.</exception>
    public static KubernetesConfig Load(ConfigEnvironment environment)
    {
        var host = Required(environment, "KUBERNETES_SERVICE_HOST");
        var portText = Required(environment, "KUBERNETES_SERVICE_PORT");
        if (!ushort.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            throw new KubernetesConfigException($"{What}: KUBERNETES_SERVICE_PORT is '{portText}', not a port number");
        var bracketed = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        if (!Uri.TryCreate($"https://{bracketed}:{port}", UriKind.Absolute, out var server))
            throw new KubernetesConfigException($"{What}: KUBERNETES_SERVICE_HOST is '{host}', not a host name or address");

        var token = new CachedFile(InFolder(environment, "token"), $"{What}: token", environment);
        token.Read();
        var authorities = new CertificateAuthorities(
            new PemSource(null, new CachedFile(InFolder(environment, "ca.crt"), $"{What}: ca.crt", environment)),
            $"{What}: ca.crt");
        authorities.Read();
        var ns = new CachedFile(InFolder(environment, "namespace"), $"{What}: namespace", environment).Read().Trim();
        return new KubernetesConfig
        {
            Server = server,
            Namespace = ns,
            Tls = new TlsSettings { Authorities = authorities },
            Credentials = new FileCredentials(token, null, null),
            Source = "the pod's service account",
        };
    }

    private static string InFolder(ConfigEnvironment environment, string file) =>
        Path.Combine(environment.ServiceAccountDirectory, file);

    private static string Required(ConfigEnvironment environment, string variable) =>
        environment.Variable(variable) is { Length: > 0 } value
            ? value
            : throw new KubernetesConfigException($"{What}: the variable {variable} is not set");
}
