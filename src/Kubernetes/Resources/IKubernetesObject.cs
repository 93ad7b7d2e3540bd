namespace CacheMachine.Kubernetes.Resources;

/// <summary>Anything that is stored under a name in the API server.</summary>
public interface IKubernetesObject
{
    /// <summary>Identity, labels and version of the object; never null in what the client returns.</summary>
    ObjectMeta Metadata { get; }
}
