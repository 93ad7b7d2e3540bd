using k8s.KubeConfigModels;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace CacheMachine.Host.Kubernetes.Access;

/// <summary>
/// A kubeconfig file (kubernetes.io/docs/reference/config-api/kubeconfig.v1), as far as it is used. KubernetesClient's model of it lacks
/// <c>tokenFile</c> and <c>proxy-url</c>, so a user that has only a token file would be taken for nobody.
/// </summary>
internal sealed class KubeconfigFile
{
    [YamlMember(Alias = "current-context", ApplyNamingConventions = false)]
    public string? CurrentContext { get; set; }

    public List<NamedContext>? Contexts { get; set; }

    public List<NamedCluster>? Clusters { get; set; }

    public List<NamedUser>? Users { get; set; }

    /// <exception cref="KubernetesConfigException">The file cannot be read, or is not a kubeconfig.</exception>
    public static KubeconfigFile Read(string path)
    {
        try
        {
            using var reader = File.OpenText(path);
            return new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).IgnoreUnmatchedProperties().Build()
                .Deserialize<KubeconfigFile?>(reader) ?? new KubeconfigFile();
        }
        catch (YamlException e)
        {
            // Only the place: the parser's own words may quote the text, which has secrets.
            throw new KubernetesConfigException($"kubeconfig {path}: line {e.Start.Line}, column {e.Start.Column} is not YAML of a kubeconfig");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubernetesConfigException($"kubeconfig {path}: cannot be read: {e.Message}", e);
        }
    }

    internal sealed class NamedContext
    {
        public string? Name { get; set; }

        public KubeconfigContext? Context { get; set; }
    }

    internal sealed class NamedCluster
    {
        public string? Name { get; set; }

        public KubeconfigCluster? Cluster { get; set; }
    }

    internal sealed class NamedUser
    {
        public string? Name { get; set; }

        public KubeconfigUser? User { get; set; }
    }
}

/// <summary>Which cluster, which user, which namespace.</summary>
internal sealed class KubeconfigContext
{
    public string? Cluster { get; set; }

    public string? User { get; set; }

    public string? Namespace { get; set; }
}

/// <summary>An API server.</summary>
internal sealed class KubeconfigCluster
{
    public string? Server { get; set; }

    [YamlMember(Alias = "certificate-authority", ApplyNamingConventions = false)]
    public string? CertificateAuthority { get; set; }

    [YamlMember(Alias = "certificate-authority-data", ApplyNamingConventions = false)]
    public string? CertificateAuthorityData { get; set; }

    [YamlMember(Alias = "insecure-skip-tls-verify", ApplyNamingConventions = false)]
    public bool InsecureSkipTlsVerify { get; set; }

    [YamlMember(Alias = "tls-server-name", ApplyNamingConventions = false)]
    public string? TlsServerName { get; set; }

    [YamlMember(Alias = "proxy-url", ApplyNamingConventions = false)]
    public string? ProxyUrl { get; set; }
}

/// <summary>Whom requests come from.</summary>
internal sealed class KubeconfigUser
{
    public string? Token { get; set; }

    public string? TokenFile { get; set; }

    public string? Username { get; set; }

    public string? Password { get; set; }

    [YamlMember(Alias = "client-certificate", ApplyNamingConventions = false)]
    public string? ClientCertificate { get; set; }

    [YamlMember(Alias = "client-certificate-data", ApplyNamingConventions = false)]
    public string? ClientCertificateData { get; set; }

    [YamlMember(Alias = "client-key", ApplyNamingConventions = false)]
    public string? ClientKey { get; set; }

    [YamlMember(Alias = "client-key-data", ApplyNamingConventions = false)]
    public string? ClientKeyData { get; set; }

    public ExternalExecution? Exec { get; set; }

    // Ignoring one of these would silently act as somebody else.
    public object? As { get; set; }

    [YamlMember(Alias = "as-uid", ApplyNamingConventions = false)]
    public object? AsUid { get; set; }

    [YamlMember(Alias = "as-groups", ApplyNamingConventions = false)]
    public object? AsGroups { get; set; }

    [YamlMember(Alias = "as-user-extra", ApplyNamingConventions = false)]
    public object? AsUserExtra { get; set; }

    [YamlMember(Alias = "auth-provider", ApplyNamingConventions = false)]
    public object? AuthProvider { get; set; }
}
