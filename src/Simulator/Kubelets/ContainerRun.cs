using System.Text.Json.Nodes;
using CacheMachine.Simulator.Registries;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Kubelets;

internal enum ContainerStage
{
    /// <summary>Nothing has been done yet.</summary>
    New,

    /// <summary>Being pulled, created, or waiting for a retry; the status says which.</summary>
    Waiting,
    Running,
    Terminated,
}

/// <summary>One container of a pod, and its containerStatus.</summary>
internal sealed class ContainerRun(JsonObject spec, bool init)
{
    private JsonObject _lastState = [];

    public string Name { get; } = spec.Text("name") ?? "";

    public string Image { get; } = spec.Text("image") ?? "";

    public ImageReference? Reference { get; } = ImageReference.Parse(spec.Text("image") ?? "");

    public string PullPolicy { get; } = spec.Text("imagePullPolicy") ?? "IfNotPresent";

    public IReadOnlyList<string> Command { get; } = [.. spec.Texts("command")];

    public IReadOnlyList<string> Args { get; } = [.. spec.Texts("args")];

    public bool Init => init;

    /// <summary>Its volumes: name, path in the container, and whether it may write there.</summary>
    public IReadOnlyList<(string Volume, string Path, bool Writable)> Mounts { get; } =
        [.. spec.Maps("volumeMounts").Select(mount => (mount.Text("name") ?? "", mount.Text("mountPath") ?? "", mount.Flag("readOnly") != true))];

    public ContainerStage Stage { get; private set; }

    public string Reason { get; private set; } = init ? "PodInitializing" : "ContainerCreating";

    public string? Message { get; private set; }

    public string ImageId { get; private set; } = "";

    /// <summary>The digest of the image in use; null before the pull.</summary>
    public string? Digest { get; private set; }

    public string ContainerId { get; private set; } = "";

    public int RestartCount { get; private set; }

    public int ExitCode { get; private set; }

    public string? StartedAt { get; private set; }

    public string? FinishedAt { get; private set; }

    public TimeSpan PullBackOff { get; set; }

    public TimeSpan CrashBackOff { get; set; }

    public bool HasEnded => _lastState.Count > 0;

    public bool Succeeded => Stage == ContainerStage.Terminated && ExitCode == 0;

    public void Wait(string reason, string? message = null)
    {
        Stage = ContainerStage.Waiting;
        Reason = reason;
        Message = message;
    }

    public void HasImage(ImageReference reference, NodeImages.Entry image)
    {
        Digest = image.Digest;
        ImageId = image.Digests.FirstOrDefault(name => name.StartsWith(reference.Name + "@", StringComparison.Ordinal))
            ?? image.Digests.FirstOrDefault("");
    }

    public void Started(string id, string now)
    {
        if (ContainerId.Length > 0)
            RestartCount++;
        ContainerId = "containerd://" + id;
        Stage = ContainerStage.Running;
        StartedAt = now;
    }

    /// <summary>The container was created but its process could not be started: exit code 128, as containerd reports it.</summary>
    public void NotStarted(string id, string now, string message)
    {
        Started(id, now);
        Ended(128, "StartError", now, message, "1970-01-01T00:00:00Z");
        Remember();
        Wait("RunContainerError", message);
    }

    public void Ended(int exitCode, string reason, string now, string? message = null, string? startedAt = null)
    {
        Stage = ContainerStage.Terminated;
        ExitCode = exitCode;
        Reason = reason;
        Message = message;
        StartedAt = startedAt ?? StartedAt;
        FinishedAt = now;
    }

    /// <summary>The end becomes the last state, before a restart.</summary>
    public void Remember()
    {
        if (Stage == ContainerStage.Terminated)
            _lastState = State();
    }

    /// <summary>Forgets what was going on; what ran has ended with its node.</summary>
    public void Interrupt(string now)
    {
        if (Stage == ContainerStage.Running)
        {
            Ended(255, "Unknown", now);
            Remember();
        }

        if (Stage != ContainerStage.Terminated || !init)
        {
            Stage = ContainerStage.New;
            Reason = "ContainerCreating";
            Message = null;
        }
    }

    /// <summary>What a kubelet that was not running does again: everything but what runs or has ended.</summary>
    public void Retry()
    {
        if (Stage == ContainerStage.Waiting)
            Stage = ContainerStage.New;
    }

    public JsonObject Status()
    {
        var status = new JsonObject
        {
            ["name"] = Name,
            ["state"] = State(),
            ["lastState"] = _lastState.DeepClone(),
            ["ready"] = init ? Succeeded : Stage == ContainerStage.Running,
            ["restartCount"] = RestartCount,
            ["image"] = Digest is null || Reference is null ? Image : Reference.ToString(),
            ["imageID"] = ImageId,
        };
        if (ContainerId.Length > 0)
            status["containerID"] = ContainerId;
        if (!init)
            status["started"] = Stage == ContainerStage.Running;
        return status;
    }

    private JsonObject State()
    {
        var inner = new JsonObject();
        switch (Stage)
        {
            case ContainerStage.Running:
                inner["startedAt"] = StartedAt;
                return new JsonObject { ["running"] = inner };
            case ContainerStage.Terminated:
                inner["exitCode"] = ExitCode;
                inner["reason"] = Reason;
                if (Message is not null)
                    inner["message"] = Message;
                inner["startedAt"] = StartedAt;
                inner["finishedAt"] = FinishedAt;
                inner["containerID"] = ContainerId;
                return new JsonObject { ["terminated"] = inner };
            default:
                inner["reason"] = Reason;
                if (Message is not null)
                    inner["message"] = Message;
                return new JsonObject { ["waiting"] = inner };
        }
    }
}
