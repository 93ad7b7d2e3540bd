using System.Net.Http.Headers;

namespace CacheMachine.Kubernetes.Config;

/// <summary>What one request authenticates with. Compared by reference, so that a refused one is recognised.</summary>
/// <param name="authorization">Bearer or Basic; null for none.</param>
/// <param name="certificate">Presented in the TLS handshake; null for none.</param>
public sealed class Credential(AuthenticationHeaderValue? authorization, ClientCertificate? certificate)
{
    /// <summary>Neither header nor certificate.</summary>
    public static Credential Anonymous { get; } = new(null, null);

    /// <summary>A secret.</summary>
    public AuthenticationHeaderValue? Authorization { get; } = authorization;

    /// <summary>Holds a private key.</summary>
    public ClientCertificate? Certificate { get; } = certificate;

    /// <summary>The kinds only, never the values.</summary>
    public override string ToString() => (Authorization, Certificate) switch
    {
        (null, null) => "anonymous",
        (null, _) => "client certificate",
        (_, null) => Authorization.Scheme,
        _ => $"{Authorization.Scheme} and client certificate",
    };
}
