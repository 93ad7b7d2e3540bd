namespace CacheMachine.Kubernetes.Config;

/// <summary>How the server's certificate is judged.</summary>
public sealed class TlsSettings
{
    /// <summary>The machine's own trusted roots.</summary>
    public static TlsSettings SystemTrust { get; } = new();

    /// <summary>Only these are trusted, and the machine's own roots are not. Null for the machine's.</summary>
    public CertificateAuthorities? Authorities { get; init; }

    /// <summary>True accepts every certificate: whoever is on the way can read and change everything.</summary>
    public bool InsecureSkipVerify { get; init; }

    /// <summary>The name that the certificate must have and that is sent as SNI; null for the server's host.</summary>
    public string? ServerName { get; init; }
}
