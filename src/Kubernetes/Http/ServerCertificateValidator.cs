using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using CacheMachine.Kubernetes.Config;

namespace CacheMachine.Kubernetes.Http;

/// <summary>
/// Judges the server's certificate as client-go does: with a configured authority only that one is trusted (not the machine's roots),
/// each certificate of its bundle is a trust anchor, and the name must fit.
/// </summary>
internal sealed class ServerCertificateValidator(TlsSettings tls)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private volatile string? _lastRefusal;

    /// <summary>Why the last handshake was refused; the runtime's own exception does not say it.</summary>
    public string? LastRefusal => _lastRefusal;

    public bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (tls.InsecureSkipVerify)
            return true;
        _lastRefusal = Refusal(certificate, chain, errors);
        return _lastRefusal is null;
    }

    private string? Refusal(X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 leaf)
            return "the server presented no certificate";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"the server's certificate ({leaf.Subject}) is not for the name that was asked for";
        if (tls.Authorities is null)
            return errors == SslPolicyErrors.None ? null : $"the server's certificate ({leaf.Subject}) is not trusted by this machine";

        X509Certificate2Collection anchors;
        try
        {
            anchors = tls.Authorities.Read();
        }
        catch (KubernetesConfigException e)
        {
            return e.Message;
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.DisableCertificateDownloads = true;
        own.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid(ServerAuthentication));
        own.ChainPolicy.CustomTrustStore.AddRange(anchors);
        foreach (var element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            own.ChainPolicy.ExtraStore.Add(element.Certificate);
        if (own.Build(leaf) || EndsInAnchor(own, anchors))
            return null;
        var why = string.Join(", ", own.ChainStatus.Select(status => status.Status).Distinct());
        return $"the server's certificate ({leaf.Subject}) does not descend from the configured authority: {why}";
    }

    /// <summary>
    /// An intermediate (or the server's own certificate) may be the configured authority. The runtime trusts only self-signed
    /// ones and calls this chain partial; every other fault (expired, wrong use) still counts.
    /// </summary>
    private static bool EndsInAnchor(X509Chain chain, X509Certificate2Collection anchors) =>
        chain.ChainStatus.All(status => status.Status is X509ChainStatusFlags.PartialChain)
        && chain.ChainElements.Any(element => anchors.Any(anchor => anchor.RawDataMemory.Span.SequenceEqual(element.Certificate.RawDataMemory.Span)));
}
