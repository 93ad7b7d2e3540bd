namespace CacheMachine.Actors.Pulling;

/// <summary>What an operator may want to read among the cluster's own events.</summary>
/// <param name="Pull">Name of the DaemonSet.</param>
/// <param name="Reason">One word in CamelCase.</param>
/// <param name="Message">For people.</param>
/// <param name="IsWarning">Something is wrong.</param>
public sealed record PullNews(string Pull, string Reason, string Message, bool IsWarning);
