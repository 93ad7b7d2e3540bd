using CacheMachine.Host.Clustering;
using CacheMachine.Host.Settings;
using CacheMachine.Host.Tests.Settings;

namespace CacheMachine.Host.Tests.Clustering;

public sealed class ReplicaAddressTests : IDisposable
{
    private readonly DirectoryInfo _podInfo = Directory.CreateTempSubdirectory("podinfo");

    public void Dispose() => _podInfo.Delete(recursive: true);

    [Theory]
    [InlineData("", "false", null, "127.0.0.1", null)]
    [InlineData("", "true", "10.1.2.4\n", "10.1.2.4", null)]
    [InlineData("", "true", "fd00::1", "[fd00::1]", null)]
    [InlineData("replica-0.replicas", "true", "10.1.2.3", "replica-0.replicas", null)]
    [InlineData("replica-0:80", "false", null, "replica-0", 80)]
    [InlineData("[fd00::2]", "false", null, "[fd00::2]", null)]
    [InlineData("[fd00::2]:81", "false", null, "[fd00::2]", 81)]
    public void It_is_what_is_configured_or_told(string advertise, string inCluster, string? file, string host, int? port) =>
        Assert.Equal((host, port), ReplicaAddress.Of(Settings(advertise, inCluster, file)));

    [Theory]
    [InlineData(null, "is not known: set POD_IP")]
    [InlineData("here", "is 'here', which is no IP address")]
    public void In_a_cluster_it_must_be_known(string? file, string words) =>
        Assert.Contains(words, Assert.Throws<ReplicaConfigException>(() => ReplicaAddress.Of(Settings("", "true", file))).Message, StringComparison.Ordinal);

    private HostSettings Settings(string advertise, string inCluster, string? file)
    {
        if (file is not null)
            File.WriteAllText(Path.Combine(_podInfo.FullName, "ip"), file);
        return HostSettings.From(HostConfiguration.Build(AppContext.BaseDirectory, [], Variables.None, new Dictionary<string, string?>
        {
            ["cachemachine:kubernetes:kubeconfig"] = "/kubeconfig",
            ["cachemachine:cluster:advertise"] = advertise,
            ["cachemachine:kubernetes:in-cluster"] = inCluster,
            ["cachemachine:podinfo-dir"] = _podInfo.FullName,
        })).Settings!;
    }
}
