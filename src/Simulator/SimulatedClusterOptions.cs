namespace CacheMachine.Simulator;

/// <summary>How a <see cref="SimulatedCluster"/> is built. The defaults are those of the demo; times are shorter than on real nodes.</summary>
public sealed record SimulatedClusterOptions
{
    /// <summary>Which Kubernetes it plays.</summary>
    public KubernetesRelease Release { get; init; } = KubernetesRelease.Kubernetes120;

    /// <summary>How many nodes there are at first, named n1, n2, ...</summary>
    public int Nodes { get; init; } = 8;

    /// <summary>Labels of the first nodes, besides those that every node has.</summary>
    public IReadOnlyDictionary<string, string> NodeLabels { get; init; } = new Dictionary<string, string>();

    /// <summary>The namespaces that exist besides default and the kube- ones.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = ["cachemachine"];

    /// <summary>The clock of everything but the sockets.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The seed of names and faults.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The API server's port on 127.0.0.1; 0 picks a free one.</summary>
    public int ApiPort { get; init; }

    /// <summary>The registry's port on 127.0.0.1; 0 picks a free one.</summary>
    public int RegistryPort { get; init; }

    /// <summary>If set, the API server wants this bearer token.</summary>
    public string? ApiToken { get; init; }

    /// <summary>Bytes a second at which a node pulls. The default makes an image of 4 GB take 4 s.</summary>
    public long Bandwidth { get; init; } = 1_000_000_000;

    /// <summary>Time of a pull besides the download: resolving the name.</summary>
    public TimeSpan ResolveDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>One pull at a time on a node (kubelet's serializeImagePulls).</summary>
    public bool SerializePulls { get; init; } = true;

    /// <summary>How long after a change a node reports its images in status.images. Real nodes take seconds to a minute.</summary>
    public TimeSpan ReportDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many images a node reports at most, biggest first (kubelet's nodeStatusMaxImages); -1 for all.</summary>
    public int NodeStatusMaxImages { get; init; } = 50;

    /// <summary>Time from having the image to the container's start.</summary>
    public TimeSpan StartDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Time from a pod's deletion mark to its end, unless its grace period is shorter.</summary>
    public TimeSpan StopDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Time from ErrImagePull to ImagePullBackOff, and from a first failure of a container to its restart.</summary>
    public TimeSpan SyncDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>First back-off after a failed pull or start; doubles up to <see cref="MaxBackOff"/>. Kubelet's is 10 s.</summary>
    public TimeSpan BackOff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest back-off. Kubelet's is 5 minutes.</summary>
    public TimeSpan MaxBackOff { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bytes that a node can hold.</summary>
    public long DiskBytes { get; init; } = 1_000_000_000_000;

    /// <summary>Used part of the disk, 0 to 1, from which on unused images are removed (imageGCHighThresholdPercent).</summary>
    public double ImageGcHigh { get; init; } = 0.85;

    /// <summary>Used part of the disk, 0 to 1, down to which they are removed (imageGCLowThresholdPercent).</summary>
    public double ImageGcLow { get; init; } = 0.80;

    /// <summary>How often a node looks at its disk. It looks as well when a pull did not fit.</summary>
    public TimeSpan ImageGcPeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many pods a node takes.</summary>
    public int PodsPerNode { get; init; } = 110;

    /// <summary>After which time without its kubelet a node becomes NotReady (Unknown). 40 s on real clusters.</summary>
    public TimeSpan NodeMonitorGracePeriod { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>Time between bookmarks of a watch that allows them. About a minute on real servers.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many changes of a type a watch can go back. Older versions get 410.</summary>
    public int WatchHistory { get; init; } = 20_000;
}
