using System.Net;

namespace CacheMachine.Host.Settings;

/// <summary>Several replicas that share the machines.</summary>
/// <param name="Enabled">Whether there are other replicas.</param>
/// <param name="Name">What the replicas of one service have in common: the prefix of their leases.</param>
/// <param name="Shards">Number of shards; counts without other replicas, too.</param>
/// <param name="Replica">Who we are; null for the name of our pod or host.</param>
/// <param name="BindAddress">What to listen on for other replicas.</param>
/// <param name="Port">TCP; 0 for any free port.</param>
/// <param name="Advertise">HOST, HOST:PORT or a URL that other replicas reach us by; null for our pod's address.</param>
/// <param name="KeyFile">The key that all replicas share; never null when enabled.</param>
/// <param name="Tls">Null for none.</param>
/// <param name="LeaseDuration">After this without a renewal others may take a shard; whole seconds.</param>
/// <param name="RenewEvery">Between two renewals; less than half of <paramref name="LeaseDuration"/>.</param>
/// <param name="HoldMessages">How long a message waits for a shard without an owner.</param>
/// <param name="Buffer">Messages that wait at most, over all shards.</param>
public sealed record ClusterSettings(
    bool Enabled,
    string Name,
    int Shards,
    string? Replica,
    IPAddress BindAddress,
    int Port,
    string? Advertise,
    string? KeyFile,
    ClusterTlsSettings? Tls,
    TimeSpan LeaseDuration,
    TimeSpan RenewEvery,
    TimeSpan HoldMessages,
    int Buffer)
{
    internal static ClusterSettings Read(SettingsReader reader, bool inCluster)
    {
        var enabled = reader.Boolean("enabled");
        var name = reader.Text("name", "must be a DNS label of at most 40 characters", text => text.Length <= 40 && SettingsRules.IsNamespace(text));
        var shards = reader.Integer("shards", 1, 1024);
        var replica = reader.OptionalText(
            "replica", "must be 1 to 200 letters, digits, '-', '_' or '.'; or empty",
            text => text.Length <= 200 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'));
        var address = reader.BindAddress("bind-address", inCluster);
        var port = reader.Integer("port", 0, 65535);
        var advertise = reader.OptionalText("advertise", "must be HOST, HOST:PORT or a URL without a path; or empty", IsAdvertisable);
        var keyFile = reader.OptionalPath("key-file");
        reader.Require(!enabled || keyFile is not null, "key-file", "must name a file when cluster.enabled is true");
        var tls = ClusterTlsSettings.Read(reader.Section("tls"));
        reader.Require(
            advertise is null || UrlOf(advertise) is not { } url || url.Scheme == (tls is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps),
            "advertise", "must begin with https:// when cluster.tls is set, and with http:// when it is not");
        var faults = reader.Faults.Count;
        var duration = reader.Duration("lease-duration", TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(5));
        reader.Require(duration.Ticks % TimeSpan.TicksPerSecond == 0, "lease-duration", "must be whole seconds");
        var renew = reader.Duration("renew-every", TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(2));
        // Where one of the two cannot be read there is nothing to compare.
        reader.Require(
            reader.Faults.Count > faults || 2 * renew < duration, "renew-every", "must be less than half of lease-duration, so that one renewal may fail");
        var hold = reader.Duration("hold-messages", TimeSpan.Zero, TimeSpan.FromMinutes(1));
        var buffer = reader.Integer("buffer", 0, 1_000_000);
        return new ClusterSettings(enabled, name, shards, replica, address, port, advertise, keyFile, tls, duration, renew, hold, buffer);
    }

    /// <summary>The URL, where a text to advertise is one.</summary>
    internal static Uri? UrlOf(string text) => text.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(text, UriKind.Absolute, out var url) ? url : null;

    private static bool IsAdvertisable(string text) => text.Contains("://", StringComparison.Ordinal)
        ? UrlOf(text) is { } url && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            && url is { PathAndQuery: "/", Fragment: "", UserInfo: "", Port: > 0 } && SettingsRules.IsRegistryHost(url.Authority)
        : SettingsRules.IsRegistryHost(text);
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
