using System.Globalization;
using System.Text;

namespace CacheMachine.Kubernetes.Bench;

/// <summary>A cluster of 5,000 nodes with 50 images of three names each, and what happens to it.</summary>
internal static class Load
{
    public const int Nodes = 5_000;
    public const int Changes = 15_000;
    public const int Page = 500;

    // Different nodes have much the same images.
    private const int ImagesOfNode = 50, ImagesOfCluster = 100;

    private static readonly string[] Images = [.. Enumerable.Range(0, ImagesOfCluster).Select(Image)];

    /// <summary>A Node as kubelet keeps it up to date.</summary>
    public static byte[] Node(int index, int version)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$$"""
            {"kind":"Node","apiVersion":"v1","metadata":{"name":"node-{{{index}}}","uid":"{{{index:x8}}}-0000-4000-8000-000000000000","resourceVersion":"{{{version}}}","creationTimestamp":"2026-01-01T00:00:00Z",
            """);
        text.Append(CultureInfo.InvariantCulture, $$$"""
            "labels":{"kubernetes.io/arch":"amd64","kubernetes.io/hostname":"node-{{{index}}}","kubernetes.io/os":"linux","node.kubernetes.io/instance-type":"n2-standard-32","topology.kubernetes.io/zone":"us-central1-{{{index % 3}}}"},"annotations":{"node.alpha.kubernetes.io/ttl":"0"}},"spec":{"podCIDR":"10.0.0.0/24","providerID":"gce://project/zone/node-{{{index}}}"},"status":{"capacity":{"cpu":"32","memory":"131072Mi","pods":"110"},"allocatable":{"cpu":"31","memory":"122880Mi","pods":"110"},"conditions":[{"type":"MemoryPressure","status":"False","lastHeartbeatTime":"2026-01-02T00:00:00Z","lastTransitionTime":"2026-01-01T00:00:00Z","reason":"KubeletHasSufficientMemory","message":"kubelet has sufficient memory available"},{"type":"Ready","status":"True","lastHeartbeatTime":"2026-01-02T00:00:00Z","lastTransitionTime":"2026-01-01T00:00:00Z","reason":"KubeletReady","message":"kubelet is posting ready status"}],"addresses":[{"type":"InternalIP","address":"10.128.0.1"},{"type":"Hostname","address":"node-{{{index}}}"}],"nodeInfo":{"machineID":"m","systemUUID":"s","bootID":"b-{{{index}}}","kernelVersion":"6.1","osImage":"Linux","containerRuntimeVersion":"containerd://2.1.9","kubeletVersion":"v1.36.2","kubeProxyVersion":"","operatingSystem":"linux","architecture":"amd64"},"images":[
            """);
        for (var i = 0; i < ImagesOfNode; i++)
            text.Append(i > 0 ? "," : "").Append(Images[(index * 7 + i) % ImagesOfCluster]);
        return Encoding.UTF8.GetBytes(text.Append("]}}").Replace("\n", "").ToString());
    }

    private static string Image(int index) => FormattableString.Invariant(
        $$"""{"names":["registry.example/lsst/lab@sha256:{{index:x64}}","registry.example/lsst/lab:w_2026_{{index}}","registry.example/lsst/lab:d_2026_{{index}}"],"sizeBytes":{{4_000_000_000 + index}}}""");
}
