using System.Text.Json;

namespace CacheMachine.Simulator;

/// <summary>
/// Which Kubernetes, with its containerd, the simulator plays. They differ in words and in a condition of pods only; each difference was seen
/// on a real cluster of that release, and is held by the conformance suite.
/// </summary>
public sealed class KubernetesRelease
{
    private readonly bool _old;

    private KubernetesRelease(string name, string version, string containerd, bool old) =>
        (Name, Version, Containerd, _old) = (name, version, containerd, old);

    /// <summary>1.20.2 with containerd 1.6: the one of <c>tests/cluster</c>.</summary>
    public static KubernetesRelease Kubernetes120 { get; } = new("1.20", "v1.20.2", "containerd://1.6.20", old: true);

    /// <summary>1.36.2 with containerd 2.1.</summary>
    public static KubernetesRelease Kubernetes136 { get; } = new("1.36", "v1.36.2", "containerd://2.1.9", old: false);

    /// <summary>All of them, the oldest first.</summary>
    public static IReadOnlyList<KubernetesRelease> All { get; } = [Kubernetes120, Kubernetes136];

    /// <summary>Major and minor version, as <c>1.20</c>.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>As <c>gitVersion</c> and <c>kubeletVersion</c> have it.</summary>
    internal string Version { get; }

    /// <summary>As <c>containerRuntimeVersion</c> has it.</summary>
    internal string Containerd { get; }

    /// <summary>Whether pods have the condition PodReadyToStartContainers (from 1.29 on).</summary>
    internal bool HasReadyToStartContainers => !_old;

    /// <summary>How a refusal shows labels: Go's syntax, or JSON.</summary>
    internal string Labels(IReadOnlyDictionary<string, string> labels) => (_old, labels.Count) switch
    {
        (true, 0) => "map[string]string(nil)",
        (true, _) => $"map[string]string{{{string.Join(", ", labels.Select(pair => $"\"{pair.Key}\":\"{pair.Value}\""))}}}",
        (false, 0) => "null",
        (false, _) => JsonSerializer.Serialize(labels),
    };

    /// <summary>containerd, when the registry does not give it the image.</summary>
    internal string NotResolved(string image, string why) =>
        $"failed to pull and unpack image \"{image}\": " + (_old ? $"failed to resolve reference \"{image}\": {why}" : $"failed to resolve image: {why}");

    /// <summary>kubelet, while it waits after a failed pull. From 1.32 on it goes on saying why (image_manager.go, prevPullErrMsg).</summary>
    internal string BackOff(string image, string why) => $"Back-off pulling image \"{image}\"" + (_old ? "" : $": ErrImagePull: {why}");

    /// <summary>kubelet, of a name that is none (pkg/util/parsers).</summary>
    /// <param name="image">As the container's spec has it.</param>
    /// <param name="uppercase">The repository without its host, when capital letters are what is wrong with it; else null.</param>
    internal string InvalidName(string image, string? uppercase)
    {
        var rule = (_old, uppercase) switch
        {
            (_, null) => "",
            (true, _) => ": repository name must be lowercase",
            (false, _) => $": repository name ({uppercase}) must be lowercase",
        };
        return $"Failed to apply default image tag \"{image}\": couldn't parse image {(_old ? "reference" : "name")} \"{image}\": " +
            $"invalid reference format{rule}";
    }
}
