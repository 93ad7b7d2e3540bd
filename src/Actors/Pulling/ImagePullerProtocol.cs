namespace CacheMachine.Actors.Pulling;

/// <summary>To a puller: what its DaemonSet is to be. Sent when the puller starts and whenever it changes.</summary>
/// <param name="Order">The DaemonSet as it should be; null: it should not be.</param>
public sealed record PullOrders(PullOrder? Order);

/// <summary>From a puller that has started, or restarted after an error: it wants its <see cref="PullOrders"/>.</summary>
/// <param name="Pull">Name of the DaemonSet.</param>
public sealed record PullerReady(string Pull) : IMachineMessage;

/// <summary>From a puller: its DaemonSet is as ordered.</summary>
/// <param name="Pull">Name of the DaemonSet.</param>
public sealed record PullEnsured(string Pull) : IMachineMessage;

/// <summary>From a puller: the cluster refused a request; it is tried again with backoff.</summary>
/// <param name="Pull">Name of the DaemonSet.</param>
/// <param name="Error">The operation and the reason, in words.</param>
public sealed record PullerTrouble(string Pull, string Error) : IMachineMessage;

/// <summary>From a puller: the DaemonSet is gone, and so is the puller.</summary>
/// <param name="Pull">Name of the DaemonSet.</param>
public sealed record PullRemoved(string Pull) : IMachineMessage;
