using System.Text.Json.Nodes;
using CacheMachine.Simulator.Kubelets;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator;

/// <summary>
/// One node of the simulated cluster and what can be done to it. Changes of the Node object are visible when the method returns; what the
/// kubelet does follows in order, and is to be waited for.
/// </summary>
public sealed class SimulatedNode
{
    private readonly SimulatedCluster _cluster;

    internal SimulatedNode(SimulatedCluster cluster, string name) => (_cluster, Name) = (cluster, name);

    /// <summary>The name of the Node object.</summary>
    public string Name { get; }

    /// <summary>The images that are on the node now, whether reported or not, in the order in which they came.</summary>
    public IReadOnlyList<NodeImage> Images => Kubelet.Images;

    private Kubelet Kubelet =>
        _cluster.Fleet.Find(Name) ?? throw new InvalidOperationException($"the cluster has no node {Name}");

    /// <summary>Whether an image is on the node now under this name (normalised, with tag or digest).</summary>
    public bool Has(string image) =>
        Registries.ImageReference.Parse(image)?.ToString() is { } name && Images.Any(held => held.Names.Contains(name));

    /// <summary>As kubectl cordon.</summary>
    public void Cordon() => Change(node => node.MapOrNew("spec")["unschedulable"] = true);

    /// <summary>As kubectl uncordon.</summary>
    public void Uncordon() => Change(node => node.Map("spec")?.Remove("unschedulable"));

    /// <summary>Adds a taint; the effect is NoSchedule, PreferNoSchedule or NoExecute.</summary>
    public void Taint(string key, string value = "", string effect = "NoSchedule") => Change(node =>
    {
        var spec = node.MapOrNew("spec");
        var taints = spec.List("taints")?.DeepClone().AsArray() ?? [];
        taints.Add((JsonNode)new JsonObject { ["key"] = key, ["value"] = value, ["effect"] = effect });
        spec["taints"] = taints;
    });

    /// <summary>Removes all taints with this key.</summary>
    public void Untaint(string key) => Change(node =>
    {
        var kept = node.Maps("spec", "taints").Where(taint => taint.Text("key") != key).Select(taint => taint.DeepClone()).ToArray();
        if (kept.Length == 0)
            node.Map("spec")?.Remove("taints");
        else
            node.MapOrNew("spec")["taints"] = new JsonArray(kept);
    });

    /// <summary>Sets a label, or removes it with null.</summary>
    public void Label(string key, string? value) => Change(node =>
    {
        if (value is null)
            node.Meta().Map("labels")?.Remove(key);
        else
            node.Meta().MapOrNew("labels")[key] = value;
    });

    /// <summary>The node falls silent and is known to be so at once: all conditions Unknown, tainted, and nothing on it acts.</summary>
    public void NotReady()
    {
        _cluster.Fleet.On(Name, kubelet => kubelet.Kill());
        SetConditions("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.");
    }

    /// <summary>The node is back and carries on.</summary>
    public void Ready()
    {
        SetConditions("True", "KubeletReady", "kubelet is posting ready status");
        _cluster.Fleet.On(Name, kubelet => kubelet.Resume());
    }

    /// <summary>The kubelet stops; the node controller notices after <see cref="SimulatedClusterOptions.NodeMonitorGracePeriod"/>.</summary>
    public void KillKubelet() => _cluster.Fleet.On(Name, kubelet =>
    {
        kubelet.Kill();
        _cluster.Fleet.After(_cluster.Options.NodeMonitorGracePeriod, () =>
        {
            if (!kubelet.Alive && _cluster.Resources.Store.Get(ResourceType.Nodes, "", Name) is not null)
                SetConditions("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.");
        });
    });

    /// <summary>The kubelet starts again and the node becomes ready.</summary>
    public void ResumeKubelet() => Ready();

    /// <summary>All containers are started again and bootID is new; images and the Node object stay.</summary>
    public void Reboot()
    {
        var bootId = _cluster.Resources.Names.Uid();
        _cluster.Fleet.On(Name, kubelet =>
        {
            kubelet.Reboot();
            Change(node => node.MapOrNew("status").MapOrNew("nodeInfo")["bootID"] = bootId);
        });
    }

    /// <summary>The machine is replaced by an empty one of the same name: the Node object gets a new uid.</summary>
    public void Recreate() => _cluster.Recreate(Name);

    /// <summary>Removes an image from the node, as kubelet's garbage collection or an administrator would.</summary>
    public void Evict(string image) => _cluster.Fleet.On(Name, kubelet => kubelet.Evict(image));

    /// <summary>Puts an image of the simulated registry onto the node as if it had been pulled some time ago.</summary>
    /// <exception cref="InvalidOperationException">The registry does not have it.</exception>
    public void Preload(string image)
    {
        var reference = Registries.ImageReference.Parse(image) ?? throw new InvalidOperationException($"{image} is no image name");
        var answer = _cluster.Registry.Pull(reference, null, _cluster.Options.Release);
        var found = answer.Image ?? throw new InvalidOperationException($"cannot preload {image} on {Name}: {answer.Error}");
        _cluster.Fleet.On(Name, kubelet => kubelet.Preload(reference, found));
    }

    /// <summary>Puts an image with any names onto the node, as <c>&lt;none&gt;@&lt;none&gt;</c>.</summary>
    public void AddImage(long sizeBytes, params string[] names) => _cluster.Fleet.On(Name, kubelet => kubelet.AddImage(names, sizeBytes));

    /// <summary>Lets something else than images take this many bytes of the disk.</summary>
    public void FillDisk(long bytes) => _cluster.Fleet.On(Name, kubelet => kubelet.FillDisk(bytes));

    /// <summary>Lets the kubelet look at its disk now, instead of at its next turn.</summary>
    public void CollectImages() => _cluster.Fleet.On(Name, kubelet => kubelet.CollectImages());

    private void SetConditions(string ready, string reason, string message) => Change(node =>
    {
        var status = node.MapOrNew("status");
        status["conditions"] = NodeObject.Conditions(ready, reason, message, _cluster.Resources.Now, status.Maps("conditions"));
    });

    private void Change(Action<JsonObject> change) =>
        _cluster.Resources.Store.Update(ResourceType.Nodes, "", Name, (node, _) => change(node));
}
