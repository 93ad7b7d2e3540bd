namespace CacheMachine.Kubernetes.Resources;

/// <summary>core/v1 Toleration.</summary>
/// <param name="Key">Null with <c>Exists</c> tolerates every taint.</param>
/// <param name="Operator"><c>Exists</c> or <c>Equal</c>; null means Equal.</param>
/// <param name="Value">Only with Equal.</param>
/// <param name="Effect">Null means every effect.</param>
/// <param name="TolerationSeconds">Only with NoExecute; null means forever.</param>
public sealed record Toleration(
    string? Key = null,
    string? Operator = null,
    string? Value = null,
    string? Effect = null,
    long? TolerationSeconds = null);

/// <summary>core/v1 Affinity; pod affinity is not modelled.</summary>
/// <param name="NodeAffinity">Which nodes.</param>
public sealed record Affinity(NodeAffinity? NodeAffinity = null);

/// <summary>core/v1 NodeAffinity; preferences are not modelled.</summary>
/// <param name="RequiredDuringSchedulingIgnoredDuringExecution">Checked when a pod is placed, not later.</param>
public sealed record NodeAffinity(NodeSelector? RequiredDuringSchedulingIgnoredDuringExecution = null);

/// <summary>core/v1 NodeSelector.</summary>
/// <param name="NodeSelectorTerms">At least one; a node must match one of them.</param>
public sealed record NodeSelector(IReadOnlyList<NodeSelectorTerm> NodeSelectorTerms);

/// <summary>core/v1 NodeSelectorTerm; a node must match all that it holds.</summary>
/// <param name="MatchExpressions">On labels.</param>
/// <param name="MatchFields">On fields; only <c>metadata.name</c> exists, with In or NotIn and one value.</param>
public sealed record NodeSelectorTerm(
    IReadOnlyList<SelectorRequirement>? MatchExpressions = null,
    IReadOnlyList<SelectorRequirement>? MatchFields = null);

/// <summary>core/v1 NodeSelectorRequirement and metav1.LabelSelectorRequirement, which have the same shape.</summary>
/// <param name="Key">Label or field.</param>
/// <param name="Operator">In, NotIn, Exists, DoesNotExist; on nodes also Gt, Lt.</param>
/// <param name="Values">Empty or null for Exists and DoesNotExist.</param>
public sealed record SelectorRequirement(string Key, string Operator, IReadOnlyList<string>? Values = null);

/// <summary>metav1.LabelSelector; both parts must match.</summary>
/// <param name="MatchLabels">Each label must have exactly this value.</param>
/// <param name="MatchExpressions">Each must hold.</param>
public sealed record LabelSelector(
    IReadOnlyDictionary<string, string>? MatchLabels = null,
    IReadOnlyList<SelectorRequirement>? MatchExpressions = null);
