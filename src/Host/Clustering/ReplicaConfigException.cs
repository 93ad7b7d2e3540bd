namespace CacheMachine.Host.Clustering;

/// <summary>The configuration of the replicas cannot be used.</summary>
/// <param name="message">What is wrong, in words.</param>
public sealed class ReplicaConfigException(string message) : Exception(message);
