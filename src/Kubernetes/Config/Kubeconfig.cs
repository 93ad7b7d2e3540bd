namespace CacheMachine.Kubernetes.Config;

/// <summary>Makes a <see cref="KubernetesConfig"/> of a context of kubeconfig files.</summary>
public static class Kubeconfig
{
    /// <summary>Reads one file, or several separated as in KUBECONFIG.</summary>
    /// <param name="paths">Relative ones start from the working folder.</param>
    /// <param name="context">Null for the current-context.</param>
    /// <param name="environment">Clock, reload periods and plugin time-out.</param>
    /// <exception cref="KubernetesConfigException">A file, an entry or a field is missing or faulty.</exception>
    public static KubernetesConfig Load(string paths, string? context, ConfigEnvironment environment)
    {
        var files = KubeconfigFiles.Read(paths);
        var name = context ?? files.CurrentContext ?? throw new KubernetesConfigException(
            $"kubeconfig {paths}: no context was named and there is no current-context; contexts: {string.Join(", ", files.ContextNames)}");
        var chosen = files.Context(name);
        var cluster = files.Cluster(chosen.Required("cluster"));
        var userName = chosen.Text("user");
        var user = userName is null ? null : files.User(userName);

        var server = Address(cluster, "server", cluster.Required("server"), "http", "https");
        var tls = Tls(cluster, environment);
        return new KubernetesConfig
        {
            Server = server,
            Namespace = chosen.Text("namespace") ?? "default",
            Tls = tls,
            Credentials = user is null
                ? CredentialSource.Anonymous
                : KubeconfigUser.Credentials(user, () => ClusterInfo(cluster, server, tls), environment),
            Proxy = cluster.Text("proxy-url") is { } proxy
                ? Address(cluster, "proxy-url", proxy, "http", "https", "socks5")
                : null,
            DisableCompression = cluster.Flag("disable-compression"),
            Source = $"context \"{name}\" of {paths}",
        };
    }

    private static TlsSettings Tls(KubeconfigEntry cluster, ConfigEnvironment environment)
    {
        var data = cluster.Decoded("certificate-authority-data");
        var path = cluster.FilePath("certificate-authority");
        var insecure = cluster.Flag("insecure-skip-tls-verify");
        if (insecure && (data ?? path) is not null)
            throw cluster.Fault("insecure-skip-tls-verify", "cannot be true while a certificate-authority is given");
        CertificateAuthorities? authorities = null;
        if ((data ?? path) is not null)
        {
            var field = data is null ? "certificate-authority" : "certificate-authority-data";
            var what = $"{cluster.What}: {field}";
            authorities = new CertificateAuthorities(
                new PemSource(data, path is null ? null : new CachedFile(path, what, environment)), what);
            authorities.Read();
        }

        return new TlsSettings
        {
            Authorities = authorities,
            InsecureSkipVerify = insecure,
            ServerName = cluster.Text("tls-server-name"),
        };
    }

    private static Uri Address(KubeconfigEntry cluster, string field, string text, params string[] schemes)
    {
        // kubectl takes "host:port" as https, and so do files in the wild.
        var full = text.Contains("://", StringComparison.Ordinal) ? text : $"https://{text}";
        if (!Uri.TryCreate(full, UriKind.Absolute, out var uri) || !schemes.Contains(uri.Scheme) || uri.Host.Length == 0)
            throw cluster.Fault(field, $"not an address that starts with {string.Join(" or ", schemes.Select(s => s + "://"))}");
        if (field == "server" && uri.UserInfo.Length > 0)
            throw cluster.Fault(field, "user name and password do not belong into the address");
        return uri;
    }

    private static ExecClusterInfo ClusterInfo(KubeconfigEntry cluster, Uri server, TlsSettings tls) => new(
        server.AbsoluteUri.TrimEnd('/'),
        tls.ServerName,
        tls.InsecureSkipVerify ? true : null,
        tls.Authorities is { } ca ? Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(ca.ReadPem())) : null,
        cluster.Text("proxy-url"));
}
