using System.Text.Json.Serialization;

namespace CacheMachine.Kubernetes.Config;

/// <summary>client.authentication.k8s.io ExecCredential: the plugin gets it with a spec and answers it with a status.</summary>
internal sealed record ExecCredential(
    string? ApiVersion = null,
    string? Kind = null,
    ExecCredentialSpec? Spec = null,
    ExecCredentialStatus? Status = null);

/// <summary>What the plugin is told.</summary>
internal sealed record ExecCredentialSpec(bool Interactive = false, ExecClusterInfo? Cluster = null);

/// <summary>The cluster as in the kubeconfig; told only with provideClusterInfo.</summary>
internal sealed record ExecClusterInfo(
    string Server,
    [property: JsonPropertyName("tls-server-name")] string? TlsServerName,
    [property: JsonPropertyName("insecure-skip-tls-verify")] bool? InsecureSkipTlsVerify,
    [property: JsonPropertyName("certificate-authority-data")] string? CertificateAuthorityData,
    [property: JsonPropertyName("proxy-url")] string? ProxyUrl);

/// <summary>What the plugin answers; secret.</summary>
internal sealed record ExecCredentialStatus(
    DateTimeOffset? ExpirationTimestamp = null,
    string? Token = null,
    string? ClientCertificateData = null,
    string? ClientKeyData = null)
{
    /// <summary>The expiry only.</summary>
    public override string ToString() => $"ExecCredentialStatus (expires {ExpirationTimestamp:u})";
}
