using System.Collections.Immutable;

namespace CacheMachine.Actors.Nodes;

/// <summary>What the service knows of one node, as its Node object last said.</summary>
public sealed record NodeFacts
{
    /// <summary><c>metadata.name</c>.</summary>
    public required string Name { get; init; }

    /// <summary><c>metadata.uid</c>: another one under the same name is another node.</summary>
    public required string Uid { get; init; }

    /// <summary><c>metadata.creationTimestamp</c>.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary><c>status.nodeInfo.bootID</c>; empty where the kubelet has not reported yet.</summary>
    public string BootId { get; init; } = "";

    /// <summary><c>metadata.labels</c>.</summary>
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The <c>Ready</c> condition is <c>True</c>.</summary>
    public bool Ready { get; init; }

    /// <summary>Since when <see cref="Ready"/> is what it is; null where the node does not say.</summary>
    public DateTimeOffset? ReadySince { get; init; }

    /// <summary><c>spec.unschedulable</c>: the node is cordoned.</summary>
    public bool Unschedulable { get; init; }

    /// <summary><c>spec.taints</c>.</summary>
    public ImmutableArray<Taint> Taints { get; init; } = [];

    /// <summary><c>status.images</c>.</summary>
    public NodeImages Images { get; init; } = NodeImages.None;
}

/// <summary>A taint as in <c>v1.Taint</c>.</summary>
/// <param name="Key">Qualified name, never empty.</param>
/// <param name="Value">May be empty.</param>
/// <param name="Effect"><c>NoSchedule</c>, <c>PreferNoSchedule</c> or <c>NoExecute</c>.</param>
public sealed record Taint(string Key, string Value, string Effect)
{
    /// <summary>As <c>kubectl</c> writes it: <c>key=value:Effect</c>.</summary>
    public override string ToString() => Value.Length == 0 ? $"{Key}:{Effect}" : $"{Key}={Value}:{Effect}";
}
