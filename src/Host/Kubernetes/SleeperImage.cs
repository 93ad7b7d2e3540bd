using k8s.Models;

namespace CacheMachine.Host.Kubernetes;

/// <summary>
/// The image that brings the sleeper, and what a pull pod has of it: an init container puts the program into a volume, from which the pull
/// container runs it. So nothing of the pulled image is ever executed, and a container runs that has no shell.
/// </summary>
/// <param name="Image">With the program at <c>/sleeper</c>.</param>
/// <param name="PullSecrets">Names of the Secrets that it is pulled with, beside the service's.</param>
internal sealed record SleeperImage(string Image, IReadOnlyList<string> PullSecrets)
{
    /// <summary>Name of the init container, and of the volume.</summary>
    public const string ContainerName = "sleeper";

    // No image has this folder; one that had it would be hidden by it, in the pull pod only.
    private const string Folder = "/.cachemachine";

    /// <summary>What the pull container runs.</summary>
    public static IList<string> Command => [$"{Folder}/sleeper"];

    /// <summary>The volume in the pull container.</summary>
    public static V1VolumeMount Mount => new() { Name = ContainerName, MountPath = Folder, ReadOnlyProperty = true };

    /// <summary>The volume. The program has less than 1 MiB; there may be two copies of it for a moment.</summary>
    public static V1Volume Volume => new() { Name = ContainerName, EmptyDir = new V1EmptyDirVolumeSource { SizeLimit = new ResourceQuantity("4Mi") } };

    /// <summary>The init container.</summary>
    /// <param name="resources">Those of the pull container: so it changes nothing in what the pod requests, and a quota that wants limits gets them.</param>
    /// <param name="security">That of the pull container.</param>
    public V1Container InitContainer(V1ResourceRequirements resources, V1SecurityContext security) => new()
    {
        Name = ContainerName,
        Image = Image,
        Command = ["/sleeper", "install", Folder],
        ImagePullPolicy = "IfNotPresent",
        Resources = resources,
        SecurityContext = security,
        VolumeMounts = [new V1VolumeMount { Name = ContainerName, MountPath = Folder }],
    };
}
