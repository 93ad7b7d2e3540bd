using System.Collections.Immutable;
using CacheMachine.Actors.Pulling;
using CacheMachine.Kubernetes.Resources;

namespace CacheMachine.Host.Adapters;

/// <summary>
/// Builds the DaemonSet of a pull. Its pods comply with the restricted Pod Security Standard
/// (kubernetes.io/docs/concepts/security/pod-security-standards), have no token, and end at once when they are deleted.
/// </summary>
public static class PullDaemonSet
{
    /// <summary>Label (with the value <see cref="PullLabelValue"/>) of all DaemonSets and pods of ours; network policies select by it.</summary>
    public const string PullLabel = "cachemachine";

    /// <summary>The value of <see cref="PullLabel"/>.</summary>
    public const string PullLabelValue = "pull";

    /// <summary>Label with the name of the machine.</summary>
    public const string MachineLabel = "app";

    /// <summary>Label with the name of the DaemonSet; its selector.</summary>
    public const string InstanceLabel = "app.kubernetes.io/instance";

    /// <summary>Name of the container that has the image.</summary>
    public const string ContainerName = "pull";

    private static readonly ImmutableSortedDictionary<string, string> TinyRequests =
        new Dictionary<string, string> { ["cpu"] = "1m", ["memory"] = "8Mi" }.ToImmutableSortedDictionary();

    /// <summary>The DaemonSet.</summary>
    /// <param name="order">What is pulled, and where.</param>
    /// <param name="ns">Our namespace.</param>
    /// <param name="owner">The workload that runs us; null where there is none.</param>
    /// <param name="pullSecret">A Secret that every pull may use; null for none.</param>
    /// <param name="sleeper">What its pods run; null: a shell of the pulled image.</param>
    public static DaemonSet Build(PullOrder order, string ns, OwnerReference? owner, string? pullSecret, SleeperImage? sleeper = null)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [MachineLabel] = PullNames.Label(order.Machine.Name),
            ["app.kubernetes.io/component"] = "pull",
            [InstanceLabel] = order.Name,
            ["app.kubernetes.io/managed-by"] = "cachemachine",
            ["app.kubernetes.io/name"] = "cachemachine",
            [PullLabel] = PullLabelValue,
        };
        return new DaemonSet(
            new ObjectMeta(Name: order.Name, Namespace: ns, Labels: labels, OwnerReferences: owner is null ? null : [owner]),
            new DaemonSetSpec(
                new LabelSelector(new Dictionary<string, string> { [InstanceLabel] = order.Name }),
                new PodTemplateSpec(new ObjectMeta(Labels: labels), Pod(order, pullSecret, sleeper)),
                // Changed targets must not restart the pods that are pulling.
                new DaemonSetUpdateStrategy("OnDelete"),
                RevisionHistoryLimit: 0));
    }

    private static PodSpec Pod(PullOrder order, string? pullSecret, SleeperImage? sleeper)
    {
        var machine = order.Machine;
        var secrets = machine.ImagePullSecrets.Prepend(pullSecret).Concat(sleeper?.PullSecrets ?? [])
            .OfType<string>().Distinct().Select(name => new LocalObjectReference(name)).ToList();
        var container = Container(order, sleeper);
        return new PodSpec(
            [container],
            InitContainers: sleeper is null ? null : [sleeper.InitContainer(container.Resources!, container.SecurityContext!)],
            Volumes: sleeper is null ? null : [SleeperImage.Volume],
            NodeSelector: machine.Labels.IsEmpty ? null : machine.Labels,
            Affinity: PullAffinity.Of(order.Targets, machine.NodeSelectorTerms),
            Tolerations: machine.Tolerations.IsEmpty ? null : [.. machine.Tolerations.Select(Toleration)],
            PriorityClassName: machine.PriorityClass,
            AutomountServiceAccountToken: false,
            EnableServiceLinks: false,
            SecurityContext: new PodSecurityContext(true, 1000, 1000, SeccompProfile: new SeccompProfile("RuntimeDefault")),
            ImagePullSecrets: secrets.Count == 0 ? null : secrets,
            TerminationGracePeriodSeconds: 0);
    }

    private static Container Container(PullOrder order, SleeperImage? sleeper) => new(
        ContainerName,
        order.Image,
        // It only has to stay until it is deleted; an image without a shell counts as pulled although this cannot start.
        sleeper is null ? ["/bin/sh", "-c", "while :; do sleep 3600; done"] : SleeperImage.Command,
        ImagePullPolicy: order.Policy,
        Resources: order.Machine.PodResources is { } resources
            ? new ResourceRequirements(resources.Requests, resources.Limits)
            : new ResourceRequirements(TinyRequests),
        SecurityContext: new SecurityContext(false, new Capabilities(["ALL"]), ReadOnlyRootFilesystem: true),
        VolumeMounts: sleeper is null ? null : [SleeperImage.Mount]);

    private static Kubernetes.Resources.Toleration Toleration(Actors.Specs.Toleration toleration) => new(
        NullIfEmpty(toleration.Key), toleration.Operator, NullIfEmpty(toleration.Value), NullIfEmpty(toleration.Effect));

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
