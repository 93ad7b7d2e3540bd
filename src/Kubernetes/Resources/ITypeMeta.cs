namespace CacheMachine.Kubernetes.Resources;

/// <summary>metav1.TypeMeta: a body that is sent must say what it is. What is read in a list does not, so it is not read.</summary>
public interface ITypeMeta
{
    /// <summary>Group and version.</summary>
    string ApiVersion { get; }

    /// <summary>Kind in CamelCase.</summary>
    string Kind { get; }
}
