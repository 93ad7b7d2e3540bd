namespace CacheMachine.Kubernetes.Resources;

/// <summary>core/v1 Container.</summary>
/// <param name="Name">DNS label, unique in the pod.</param>
/// <param name="Image">Repository with tag or digest.</param>
/// <param name="Command">Replaces the image's entry point.</param>
/// <param name="Args">Replaces the image's command.</param>
/// <param name="ImagePullPolicy">Always, IfNotPresent or Never; null means Always for <c>:latest</c>, else IfNotPresent.</param>
/// <param name="Resources">Requests and limits.</param>
/// <param name="SecurityContext">Overrides the pod's.</param>
/// <param name="VolumeMounts">Of the pod's volumes.</param>
public sealed record Container(
    string Name,
    string? Image = null,
    IReadOnlyList<string>? Command = null,
    IReadOnlyList<string>? Args = null,
    string? ImagePullPolicy = null,
    ResourceRequirements? Resources = null,
    SecurityContext? SecurityContext = null,
    IReadOnlyList<VolumeMount>? VolumeMounts = null);

/// <summary>core/v1 VolumeMount.</summary>
/// <param name="Name">A volume of the pod.</param>
/// <param name="MountPath">Absolute path in the container, without a colon.</param>
/// <param name="ReadOnly">Null means false.</param>
public sealed record VolumeMount(string Name, string MountPath, bool? ReadOnly = null);

/// <summary>core/v1 ResourceRequirements; values are quantities, for example <c>1m</c>, <c>8Mi</c>.</summary>
/// <param name="Requests">By resource name: <c>cpu</c>, <c>memory</c>, <c>ephemeral-storage</c>.</param>
/// <param name="Limits">Not below the requests.</param>
public sealed record ResourceRequirements(
    IReadOnlyDictionary<string, string>? Requests = null,
    IReadOnlyDictionary<string, string>? Limits = null);

/// <summary>core/v1 SecurityContext.</summary>
/// <param name="AllowPrivilegeEscalation">The restricted standard wants false.</param>
/// <param name="Capabilities">The restricted standard wants ALL dropped.</param>
/// <param name="Privileged">Null means false.</param>
/// <param name="ReadOnlyRootFilesystem">Null means false.</param>
/// <param name="RunAsNonRoot">Overrides the pod's.</param>
/// <param name="RunAsUser">Overrides the pod's.</param>
/// <param name="RunAsGroup">Overrides the pod's.</param>
/// <param name="SeccompProfile">Overrides the pod's.</param>
public sealed record SecurityContext(
    bool? AllowPrivilegeEscalation = null,
    Capabilities? Capabilities = null,
    bool? Privileged = null,
    bool? ReadOnlyRootFilesystem = null,
    bool? RunAsNonRoot = null,
    long? RunAsUser = null,
    long? RunAsGroup = null,
    SeccompProfile? SeccompProfile = null);

/// <summary>core/v1 Capabilities.</summary>
/// <param name="Drop">Linux names without CAP_, or ALL.</param>
/// <param name="Add">Linux names without CAP_.</param>
public sealed record Capabilities(IReadOnlyList<string>? Drop = null, IReadOnlyList<string>? Add = null);
