namespace CacheMachine.Host.Kubernetes.Access;

/// <summary>
/// How to reach the cluster is not known. The message is one line that names the file, the entry (context, user or cluster) and the field,
/// and never the value of a secret.
/// </summary>
public sealed class KubernetesConfigException(string message, Exception? inner = null) : Exception(message, inner);
