namespace CacheMachine.Kubernetes.Resources;

/// <summary>core/v1 PodSpec: what a pull pod needs when built, and what is read of running ones.</summary>
/// <param name="Containers">At least one.</param>
/// <param name="InitContainers">Run one after another before the others.</param>
/// <param name="Volumes">Only emptyDir is modelled.</param>
/// <param name="NodeName">Set by the scheduler.</param>
/// <param name="NodeSelector">All labels must be on the node.</param>
/// <param name="Affinity">Only node affinity is modelled.</param>
/// <param name="Tolerations">Null and empty mean the same.</param>
/// <param name="PriorityClassName">Must exist, else the pod is refused.</param>
/// <param name="ServiceAccountName">Null means <c>default</c>.</param>
/// <param name="AutomountServiceAccountToken">False keeps the API token out of the pod.</param>
/// <param name="EnableServiceLinks">False keeps the variables of all services out of the pod.</param>
/// <param name="SecurityContext">For all containers.</param>
/// <param name="ImagePullSecrets">Secrets in the pod's namespace.</param>
/// <param name="TerminationGracePeriodSeconds">0 kills at once.</param>
/// <param name="RestartPolicy">A DaemonSet allows only <c>Always</c>.</param>
/// <param name="HostNetwork">True is outside the restricted Pod Security Standard.</param>
public sealed record PodSpec(
    IReadOnlyList<Container> Containers,
    IReadOnlyList<Container>? InitContainers = null,
    IReadOnlyList<Volume>? Volumes = null,
    string? NodeName = null,
    IReadOnlyDictionary<string, string>? NodeSelector = null,
    Affinity? Affinity = null,
    IReadOnlyList<Toleration>? Tolerations = null,
    string? PriorityClassName = null,
    string? ServiceAccountName = null,
    bool? AutomountServiceAccountToken = null,
    bool? EnableServiceLinks = null,
    PodSecurityContext? SecurityContext = null,
    IReadOnlyList<LocalObjectReference>? ImagePullSecrets = null,
    long? TerminationGracePeriodSeconds = null,
    string? RestartPolicy = null,
    bool? HostNetwork = null);

/// <summary>core/v1 Volume; exactly one source.</summary>
/// <param name="Name">Unique in the pod.</param>
/// <param name="EmptyDir">A folder that lives as long as the pod.</param>
public sealed record Volume(string Name, EmptyDirVolumeSource? EmptyDir = null);

/// <summary>core/v1 EmptyDirVolumeSource.</summary>
/// <param name="Medium">Null for the node's disk, <c>Memory</c> for tmpfs.</param>
/// <param name="SizeLimit">A quantity, for example <c>8Mi</c>.</param>
public sealed record EmptyDirVolumeSource(string? Medium = null, string? SizeLimit = null);

/// <summary>core/v1 LocalObjectReference.</summary>
/// <param name="Name">In the same namespace.</param>
public sealed record LocalObjectReference(string Name);

/// <summary>core/v1 PodSecurityContext.</summary>
/// <param name="RunAsNonRoot">kubelet refuses to start an image that would run as 0.</param>
/// <param name="RunAsUser">Uid.</param>
/// <param name="RunAsGroup">Gid.</param>
/// <param name="FsGroup">Gid that owns the volumes.</param>
/// <param name="SeccompProfile">The restricted standard wants RuntimeDefault or Localhost.</param>
public sealed record PodSecurityContext(
    bool? RunAsNonRoot = null,
    long? RunAsUser = null,
    long? RunAsGroup = null,
    long? FsGroup = null,
    SeccompProfile? SeccompProfile = null);

/// <summary>core/v1 SeccompProfile.</summary>
/// <param name="Type">RuntimeDefault, Unconfined or Localhost.</param>
public sealed record SeccompProfile(string Type);
