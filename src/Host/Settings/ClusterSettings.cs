using System.Net;

namespace CacheMachine.Host.Settings;

/// <summary>Several replicas that share the machines.</summary>
/// <param name="Enabled">Whether there are other replicas.</param>
/// <param name="Name">What the replicas of one service have in common: the prefix of their Leases.</param>
/// <param name="Shards">Number of shards; counts without other replicas, too.</param>
/// <param name="BindAddress">What to listen on for other replicas.</param>
/// <param name="Port">TCP; 0 for any free port.</param>
/// <param name="Advertise">HOST or HOST:PORT that other replicas reach us by; null for our pod's address.</param>
/// <param name="Tls">Null for none.</param>
public sealed record ClusterSettings(bool Enabled, string Name, int Shards, IPAddress BindAddress, int Port, string? Advertise, ClusterTlsSettings? Tls)
{
    internal static ClusterSettings Read(SettingsReader reader, bool inCluster) => new(
        reader.Boolean("enabled"),
        reader.Text("name", "must be a DNS label of at most 40 characters", text => text.Length <= 40 && SettingsRules.IsNamespace(text)),
        reader.Integer("shards", 1, 1024),
        reader.BindAddress("bind-address", inCluster),
        reader.Integer("port", 0, 65535),
        reader.OptionalText("advertise", "must be HOST or HOST:PORT; or empty", SettingsRules.IsRegistryHost),
        ClusterTlsSettings.Read(reader.Section("tls")));
}

/// <summary>Mutual TLS between replicas: each shows its certificate, as a server and as a client, and trusts only those of the authority.</summary>
/// <param name="CertificateFile">PEM: our certificate, and intermediates after it.</param>
/// <param name="KeyFile">PEM: its private key, not encrypted.</param>
/// <param name="CaFile">PEM: the authority.</param>
public sealed record ClusterTlsSettings(string CertificateFile, string KeyFile, string CaFile)
{
    internal static ClusterTlsSettings? Read(SettingsReader reader)
    {
        const string Rule = "must be given together with the other two files of cluster.tls, or not at all";
        var (certificate, key, ca) = (reader.OptionalPath("certificate-file"), reader.OptionalPath("key-file"), reader.OptionalPath("ca-file"));
        if (certificate is not null && key is not null && ca is not null)
            return new ClusterTlsSettings(certificate, key, ca);
        var any = certificate is not null || key is not null || ca is not null;
        reader.Require(!any || certificate is not null, "certificate-file", Rule);
        reader.Require(!any || key is not null, "key-file", Rule);
        reader.Require(!any || ca is not null, "ca-file", Rule);
        return null;
    }
}
