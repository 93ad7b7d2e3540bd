using CacheMachine.Host.Kubernetes;
using CacheMachine.Host.Kubernetes.Access;
using CacheMachine.Host.Kubernetes.Calls;
using CacheMachine.Host.Settings;
using CacheMachine.Simulator;
using Microsoft.Extensions.Logging.Abstractions;

namespace CacheMachine.Host.Tests.Kubernetes;

/// <summary>Connections to API servers that tests start.</summary>
internal static class Connections
{
    public const string Namespace = "cachemachine";

    public static KubernetesConnection To(SimulatedCluster cluster) => To(cluster.ApiServerUri);

    public static KubernetesConnection To(Uri server, ApiTimes? times = null, ApiCredentials? credentials = null, TimeProvider? time = null) => new(
        new ApiAccess(server, Namespace, "the test") { Credentials = credentials ?? ApiCredentials.Anonymous }, time ?? TimeProvider.System, times);

    /// <summary>The cluster as the actors see it, without a sleeper.</summary>
    public static KubernetesClusterApi Api(this KubernetesConnection connection, string? podName = null) => new(
        connection, new PullOwner(podName, NullLogger<PullOwner>.Instance), null,
        new Sleeper(new SleeperSource.None(), null, TimeProvider.System, NullLogger<Sleeper>.Instance));
}
