using System.Net;
using CacheMachine.Host.Configuration.Settings;
using CacheMachine.Host.Peers;

namespace CacheMachine.Host.Tests.Peers;

public sealed class PeerAddressTests : IDisposable
{
    private readonly DirectoryInfo _podInfo = Directory.CreateTempSubdirectory("podinfo");

    public void Dispose() => _podInfo.Delete(recursive: true);

    [Theory]
    [InlineData(null, false, null, null, "http://127.0.0.1:9999#x1")]
    [InlineData(null, true, "10.1.2.3", null, "http://10.1.2.3:9999#x1")]
    [InlineData(null, true, null, "10.1.2.4\n", "http://10.1.2.4:9999#x1")]
    [InlineData(null, true, "10.1.2.3", "10.1.2.4", "http://10.1.2.3:9999#x1")]
    [InlineData(null, true, "fd00::1", null, "http://[fd00::1]:9999#x1")]
    [InlineData("replica-0.replicas", true, "10.1.2.3", null, "http://replica-0.replicas:9999#x1")]
    [InlineData("replica-0:80", false, null, null, "http://replica-0:80#x1")]
    [InlineData("[fd00::2]", false, null, null, "http://[fd00::2]:9999#x1")]
    [InlineData("[fd00::2]:81", false, null, null, "http://[fd00::2]:81#x1")]
    [InlineData("http://replica-0", false, null, null, "http://replica-0:80#x1")]
    [InlineData("http://replica-0:82", false, null, null, "http://replica-0:82#x1")]
    public void It_is_what_is_configured_or_told(string? advertise, bool inCluster, string? variable, string? file, string expected) =>
        Assert.Equal(expected, Of(Settings(advertise), inCluster, variable, file));

    [Fact]
    public void With_TLS_it_begins_with_https() =>
        Assert.Equal("https://10.0.0.1:9999#x1", Of(Settings("10.0.0.1") with { Tls = new ClusterTlsSettings("a", "b", "c") }, true, null, null));

    [Theory]
    [InlineData(null, "is not known: set POD_IP")]
    [InlineData("here", "is 'here', which is no IP address")]
    public void In_a_cluster_it_must_be_known(string? variable, string words) =>
        Assert.Contains(words, Assert.Throws<PeerConfigException>(() => Of(Settings(null), true, variable, null)).Message, StringComparison.Ordinal);

    private string Of(ClusterSettings settings, bool inCluster, string? variable, string? file)
    {
        if (file is not null)
            File.WriteAllText(Path.Combine(_podInfo.FullName, "ip"), file);
        return PeerAddress.Of(settings, inCluster, _podInfo.FullName, name => name == "POD_IP" ? variable : null, 9999, "x1");
    }

    private static ClusterSettings Settings(string? advertise) => new(
        true, "c", 16, null, IPAddress.Loopback, 0, advertise, "/key", null, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(3), 1000);
}
