using System.Text.Json.Nodes;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Kubelets;

/// <summary>One pod on its node, and its status as kubelet makes it of the containers.</summary>
internal sealed class PodRun
{
    private readonly Dictionary<string, (string Status, string At)> _conditions = new(StringComparer.Ordinal);
    private readonly string _restartPolicy;

    public PodRun(StoredObject pod, string podIp)
    {
        var spec = pod.Parse().Map("spec");
        Pod = pod;
        PodIp = podIp;
        _restartPolicy = spec.Text("restartPolicy") ?? "Always";
        GraceSeconds = spec.Number("terminationGracePeriodSeconds") ?? 30;
        PullSecrets = [.. spec.Maps("imagePullSecrets").Select(secret => secret.Text("name")).OfType<string>()];
        InitContainers = [.. spec.Maps("initContainers").Select(container => new ContainerRun(container, init: true))];
        Containers = [.. spec.Maps("containers").Select(container => new ContainerRun(container, init: false))];
        foreach (var container in InitContainers.Count > 0 ? Containers : [])
            container.Wait("PodInitializing");
    }

    public StoredObject Pod { get; set; }

    public string PodIp { get; }

    public long GraceSeconds { get; }

    public IReadOnlyList<string> PullSecrets { get; }

    public IReadOnlyList<ContainerRun> InitContainers { get; }

    public IReadOnlyList<ContainerRun> Containers { get; }

    /// <summary>Set when its deletion has been noticed: nothing is started any more.</summary>
    public bool Stopping { get; set; }

    /// <summary>Whether it is out of the API: what is still under way for it ends without a word.</summary>
    public bool Gone { get; set; }

    public string? StartTime { get; set; }

    public IEnumerable<ContainerRun> All => InitContainers.Concat(Containers);

    /// <summary>
    /// Whether a container has the program that it is to run. What lies in the image is there when it has a shell; a volume has what
    /// an init container that may write to it has put there, which is taken to be the program.
    /// </summary>
    public bool HasProgram(ContainerRun container, bool imageHasShell)
    {
        if (container.Command.Count == 0)
            return true;
        var mount = container.Mounts.FirstOrDefault(mount => container.Command[0].StartsWith(mount.Path.TrimEnd('/') + "/", StringComparison.Ordinal));
        return mount.Volume is null
            ? imageHasShell
            : InitContainers.Any(init => init.Succeeded && init != container && init.Mounts.Any(m => m.Volume == mount.Volume && m.Writable));
    }

    public bool RestartsAfter(int exitCode) => _restartPolicy == "Always" || (_restartPolicy == "OnFailure" && exitCode != 0);

    public bool Initialized => InitContainers.All(container => container.Succeeded);

    /// <summary>kubelet's getPhase.</summary>
    public string Phase
    {
        get
        {
            if (InitContainers.Any(container => container.Stage == ContainerStage.Terminated && container.ExitCode != 0 && !RestartsAfter(container.ExitCode)))
                return "Failed";
            if (!Initialized || Containers.Any(NeverRan))
                return "Pending";
            if (Containers.Any(container => container.Stage == ContainerStage.Running) || _restartPolicy == "Always")
                return "Running";
            if (Containers.All(container => container.Succeeded))
                return "Succeeded";
            return _restartPolicy == "Never" ? "Failed" : "Running";
        }
    }

    /// <summary>Writes the status into the pod's document.</summary>
    public void WriteStatus(JsonObject document, string now, string hostIp, KubernetesRelease release)
    {
        var status = document.MapOrNew("status");
        StartTime ??= now;
        var phase = Phase;
        status["phase"] = phase;
        status["hostIP"] = hostIp;
        status["startTime"] = StartTime;
        if (Containers.Any(container => container.ContainerId.Length > 0) || InitContainers.Any(container => container.ContainerId.Length > 0))
        {
            status["podIP"] = PodIp;
            status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = PodIp });
        }

        var notReady = Containers.Where(container => container.Stage != ContainerStage.Running).Select(container => container.Name).ToList();
        var incomplete = InitContainers.Where(container => !container.Succeeded).Select(container => container.Name).ToList();
        var ended = phase is "Succeeded" or "Failed";
        var conditions = new JsonArray(
            Condition("Initialized", incomplete, "ContainersNotInitialized", "containers with incomplete status", ended, now),
            Condition("Ready", notReady, "ContainersNotReady", "containers with unready status", ended, now),
            Condition("ContainersReady", notReady, "ContainersNotReady", "containers with unready status", ended, now),
            status.Maps("conditions").FirstOrDefault(condition => condition.Text("type") == "PodScheduled")?.DeepClone()
                ?? Condition("PodScheduled", [], "", "", ended, now));
        // A sandbox takes no time here: it is there from the first word of the kubelet to the pod's end.
        if (release.HasReadyToStartContainers)
            conditions.Insert(0, Condition("PodReadyToStartContainers", !ended, now));
        status["conditions"] = conditions;
        if (InitContainers.Count > 0)
            status["initContainerStatuses"] = new JsonArray([.. InitContainers.Select(container => container.Status())]);
        status["containerStatuses"] = new JsonArray([.. Containers.Select(container => container.Status())]);
    }

    private JsonObject Condition(string type, List<string> missing, string reason, string words, bool ended, string now)
    {
        var condition = Condition(type, missing.Count == 0, now);
        if (missing.Count > 0)
        {
            condition["reason"] = ended ? "PodCompleted" : reason;
            if (!ended)
                condition["message"] = $"{words}: [{string.Join(' ', missing)}]";
        }

        return condition;
    }

    private JsonObject Condition(string type, bool met, string now)
    {
        var value = met ? "True" : "False";
        if (!_conditions.TryGetValue(type, out var known) || known.Status != value)
            _conditions[type] = known = (value, now);
        return new JsonObject
        {
            ["type"] = type,
            ["status"] = value,
            ["lastProbeTime"] = null,
            ["lastTransitionTime"] = known.At,
        };
    }

    private static bool NeverRan(ContainerRun container) =>
        container.Stage is ContainerStage.New or ContainerStage.Waiting && !container.HasEnded;
}
