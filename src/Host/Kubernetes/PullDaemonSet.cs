using System.Collections.Immutable;
using CacheMachine.Actors.Pulling;
using k8s.Models;

namespace CacheMachine.Host.Kubernetes;

/// <summary>
/// Builds the DaemonSet of a pull. Its pods comply with the restricted Pod Security Standard
/// (kubernetes.io/docs/concepts/security/pod-security-standards), have no token, and end at once when they are deleted.
/// </summary>
internal static class PullDaemonSet
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
        ImmutableSortedDictionary.CreateRange([new("cpu", "1m"), KeyValuePair.Create("memory", "8Mi")]);

    /// <summary>The DaemonSet.</summary>
    /// <param name="order">What is pulled, and where.</param>
    /// <param name="ns">Our namespace.</param>
    /// <param name="owner">The workload that runs us; null where there is none.</param>
    /// <param name="pullSecret">A Secret that every pull may use; null for none.</param>
    /// <param name="sleeper">What its pods run; null: a shell of the pulled image.</param>
    /// <exception cref="FormatException">A quantity of the machine's resources cannot be read.</exception>
    public static V1DaemonSet Build(PullOrder order, string ns, V1OwnerReference? owner, string? pullSecret, SleeperImage? sleeper = null)
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
        return new V1DaemonSet
        {
            ApiVersion = "apps/v1",
            Kind = "DaemonSet",
            Metadata = new V1ObjectMeta { Name = order.Name, NamespaceProperty = ns, Labels = labels, OwnerReferences = owner is null ? null : [owner] },
            Spec = new V1DaemonSetSpec
            {
                Selector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { [InstanceLabel] = order.Name } },
                Template = new V1PodTemplateSpec { Metadata = new V1ObjectMeta { Labels = labels }, Spec = Pod(order, pullSecret, sleeper) },
                // Changed targets must not restart the pods that are pulling.
                UpdateStrategy = new V1DaemonSetUpdateStrategy { Type = "OnDelete" },
                RevisionHistoryLimit = 0,
            },
        };
    }

    private static V1PodSpec Pod(PullOrder order, string? pullSecret, SleeperImage? sleeper)
    {
        var machine = order.Machine;
        var secrets = machine.ImagePullSecrets.Prepend(pullSecret).Concat(sleeper?.PullSecrets ?? [])
            .OfType<string>().Distinct().Select(name => new V1LocalObjectReference { Name = name }).ToList();
        var container = Container(order, sleeper);
        return new V1PodSpec
        {
            Containers = [container],
            InitContainers = sleeper is null ? null : [sleeper.InitContainer(container.Resources, container.SecurityContext)],
            Volumes = sleeper is null ? null : [SleeperImage.Volume],
            NodeSelector = machine.Labels.IsEmpty ? null : machine.Labels,
            Affinity = PullAffinity.Of(order.Targets, machine.NodeSelectorTerms),
            Tolerations = machine.Tolerations.IsEmpty ? null : [.. machine.Tolerations.Select(Toleration)],
            PriorityClassName = machine.PriorityClass,
            AutomountServiceAccountToken = false,
            EnableServiceLinks = false,
            SecurityContext = new V1PodSecurityContext
            {
                RunAsNonRoot = true,
                RunAsUser = 1000,
                RunAsGroup = 1000,
                SeccompProfile = new V1SeccompProfile { Type = "RuntimeDefault" },
            },
            ImagePullSecrets = secrets.Count == 0 ? null : secrets,
            TerminationGracePeriodSeconds = 0,
        };
    }

    private static V1Container Container(PullOrder order, SleeperImage? sleeper) => new()
    {
        Name = ContainerName,
        Image = order.Image,
        // It only has to stay until it is deleted; an image without a shell counts as pulled although this cannot start.
        Command = sleeper is null ? ["/bin/sh", "-c", "while :; do sleep 3600; done"] : SleeperImage.Command,
        ImagePullPolicy = order.Policy,
        Resources = order.Machine.PodResources is { } resources
            ? new V1ResourceRequirements { Requests = Quantities(resources.Requests), Limits = Quantities(resources.Limits) }
            : new V1ResourceRequirements { Requests = Quantities(TinyRequests) },
        SecurityContext = new V1SecurityContext
        {
            AllowPrivilegeEscalation = false,
            Capabilities = new V1Capabilities { Drop = ["ALL"] },
            ReadOnlyRootFilesystem = true,
        },
        VolumeMounts = sleeper is null ? null : [SleeperImage.Mount],
    };

    private static SortedDictionary<string, ResourceQuantity>? Quantities(ImmutableSortedDictionary<string, string> texts)
    {
        if (texts.Count == 0)
            return null;
        var quantities = new SortedDictionary<string, ResourceQuantity>(StringComparer.Ordinal);
        foreach (var (resource, text) in texts)
            quantities[resource] = Quantity(resource, text);
        return quantities;
    }

    // Some that the API server would take are too large to be written here.
    private static ResourceQuantity Quantity(string resource, string text)
    {
        try
        {
            var quantity = new ResourceQuantity(text);
            return quantity.CanonicalizeString().Length > 0 ? quantity : throw new FormatException("it is empty");
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException)
        {
            throw new FormatException($"{resource} = {text} is not a quantity that can be used: {e.Message}", e);
        }
    }

    private static V1Toleration Toleration(Actors.Specs.Toleration toleration) => new()
    {
        Key = NullIfEmpty(toleration.Key),
        OperatorProperty = toleration.Operator,
        Value = NullIfEmpty(toleration.Value),
        Effect = NullIfEmpty(toleration.Effect),
    };

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
