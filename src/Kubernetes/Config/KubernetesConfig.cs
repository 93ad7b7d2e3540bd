namespace CacheMachine.Kubernetes.Config;

/// <summary>Which cluster, as whom, and in which namespace. Immutable; files that it points to are followed when they change.</summary>
public sealed class KubernetesConfig
{
    /// <summary>http or https, possibly with a base path; no user information.</summary>
    public required Uri Server { get; init; }

    /// <summary>The context's namespace, or the pod's own.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Not used with http.</summary>
    public TlsSettings Tls { get; init; } = TlsSettings.SystemTrust;

    /// <summary>Where each request gets its credential from.</summary>
    public CredentialSource Credentials { get; init; } = CredentialSource.Anonymous;

    /// <summary>http, https or socks5 proxy; null for the one of the environment, which loopback servers do not use.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>True asks for answers without gzip.</summary>
    public bool DisableCompression { get; init; }

    /// <summary>Where this comes from, in words, for logs.</summary>
    public string Source { get; init; } = "given";

    /// <summary>
    /// Finds the configuration: the given kubeconfig file; else the files of <c>KUBECONFIG</c>; else the pod's service account; else
    /// <c>~/.kube/config</c>. (kubectl asks for the home file before the service account; a service in a pod must not depend on what
    /// is in its image's home.)
    /// </summary>
    /// <param name="kubeconfig">One file, or several separated as in KUBECONFIG; null to look around.</param>
    /// <param name="context">Null for the current-context.</param>
    /// <param name="environment">Null for the process's own.</param>
    /// <exception cref="KubernetesConfigException">Nothing is found, or what is found is faulty.</exception>
    public static KubernetesConfig Load(string? kubeconfig = null, string? context = null, ConfigEnvironment? environment = null)
    {
        var env = environment ?? ConfigEnvironment.Process;
        var files = kubeconfig is { Length: > 0 } ? kubeconfig : env.Variable("KUBECONFIG");
        if (files is { Length: > 0 })
            return Kubeconfig.Load(files, context, env);
        if (context is null && InClusterConfig.IsAvailable(env))
            return InClusterConfig.Load(env);
        var home = Path.Combine(env.HomeDirectory, ".kube", "config");
        if (File.Exists(home))
            return Kubeconfig.Load(home, context, env);
        throw new KubernetesConfigException(
            "no cluster is configured: no kubeconfig was named, KUBECONFIG is not set, this is no pod with a service account "
            + $"(KUBERNETES_SERVICE_HOST and {env.ServiceAccountDirectory}/token), and there is no {home}");
    }

    /// <summary>Server, namespace and source.</summary>
    public override string ToString() => $"{Server} (namespace {Namespace}, from {Source})";
}
