namespace CacheMachine.Actors.Nodes;

/// <summary>The cluster looks different now.</summary>
/// <param name="View">How.</param>
public sealed record ClusterSeen(ClusterView View) : IMachineMessage;
