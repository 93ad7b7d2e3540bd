using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CacheMachine.Host.Kubernetes.Access;

/// <summary>
/// Judges the server's certificate as client-go does: with a configured authority only that one is trusted (not the machine's roots), each
/// certificate of its bundle is an anchor, and the name must fit. KubernetesClient's own check takes any name that the authority has signed.
/// </summary>
/// <param name="authorities">PEM of the authorities, which may be replaced; null for the machine's own roots.</param>
/// <param name="what">Names <paramref name="authorities"/> in errors.</param>
internal sealed class ServerTrust(Func<string>? authorities, string what)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly Lock _gate = new();
    private (string Pem, X509Certificate2Collection Certificates)? _current;
    private volatile string? _lastRefusal;

    /// <summary>The machine's own roots.</summary>
    public static ServerTrust System => new(null, "");

    /// <summary>Accepts every certificate: whoever is on the way can read and change everything.</summary>
    public bool AcceptsAll { get; init; }

    /// <summary>Why the last handshake was refused; the runtime's own exception does not say it.</summary>
    public string? LastRefusal => _lastRefusal;

    /// <summary>The present authorities, at least one; null for the machine's own.</summary>
    /// <exception cref="KubernetesConfigException">The file cannot be read, or has no certificate.</exception>
    public X509Certificate2Collection? Read()
    {
        if (authorities is null)
            return null;
        lock (_gate)
        {
            var pem = authorities();
            if (_current?.Pem != pem)
                _current = (pem, Parse(pem));
            return _current.Value.Certificates;
        }
    }

    /// <summary>For <see cref="SslClientAuthenticationOptions.RemoteCertificateValidationCallback"/>.</summary>
    public bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        _lastRefusal = AcceptsAll ? null : Refusal(certificate, chain, errors);
        return _lastRefusal is null;
    }

    private string? Refusal(X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 leaf)
            return "the server presented no certificate";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"the server's certificate ({leaf.Subject}) is not for the name that was asked for";
        try
        {
            if (Read() is { } anchors)
                return Refusal(leaf, presented, anchors);
        }
        catch (KubernetesConfigException e)
        {
            return e.Message;
        }
        return errors == SslPolicyErrors.None ? null : $"the server's certificate ({leaf.Subject}) is not trusted by this machine";
    }

    private static string? Refusal(X509Certificate2 leaf, X509Chain? presented, X509Certificate2Collection anchors)
    {
        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.DisableCertificateDownloads = true;
        own.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        own.ChainPolicy.CustomTrustStore.AddRange(anchors);
        foreach (var element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            own.ChainPolicy.ExtraStore.Add(element.Certificate);
        if (own.Build(leaf) || EndsInAnchor(own, anchors))
            return null;
        var why = string.Join(", ", own.ChainStatus.Select(status => status.Status).Distinct());
        return $"the server's certificate ({leaf.Subject}) does not descend from the configured authority: {why}";
    }

    // An intermediate (or the server's own certificate) may be the configured authority. The runtime trusts only self-signed ones and calls
    // this chain partial; every other fault (expired, wrong use) still counts.
    private static bool EndsInAnchor(X509Chain chain, X509Certificate2Collection anchors) =>
        chain.ChainStatus.All(status => status.Status is X509ChainStatusFlags.PartialChain)
        && chain.ChainElements.Any(element => anchors.Any(anchor => anchor.RawDataMemory.Span.SequenceEqual(element.Certificate.RawDataMemory.Span)));

    private X509Certificate2Collection Parse(string pem)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new KubernetesConfigException($"{what}: not a PEM certificate: {e.Message}", e);
        }
        return found.Count > 0 ? found : throw new KubernetesConfigException($"{what}: no PEM certificate in it");
    }
}
