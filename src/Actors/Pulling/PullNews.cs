using CacheMachine.Actors.CacheMachines;

namespace CacheMachine.Actors.Pulling;

/// <summary>What an operator may want to read among the cluster's own events.</summary>
/// <param name="Pull">Name of the DaemonSet.</param>
/// <param name="Reason">One word in CamelCase.</param>
/// <param name="Message">For people.</param>
/// <param name="IsWarning">Something is wrong.</param>
public sealed record PullNews(string Pull, string Reason, string Message, bool IsWarning)
{
    /// <summary>The news of an event; null where it is none.</summary>
    /// <param name="machine">Name of the machine.</param>
    /// <param name="e">What happened.</param>
    /// <param name="pull">The pull before it, where it is about one.</param>
    public static PullNews? Of(string machine, IMachineEvent e, PullInFlight? pull) => e switch
    {
        PullStarted m => new(m.Pull, "PullStarted", $"{machine}: {Describe.Event(m)}", false),
        PullEnded { Outcome: PullOutcome.Succeeded } m when pull is not null =>
            new(pull.Pull, "Pulled", $"{machine}: {pull.Url} pulled on {m.Pulled.Length} nodes in {Words.Of(m.At - pull.StartedAt)}", false),
        PullEnded { Outcome: PullOutcome.Failed } m when pull is not null =>
            new(pull.Pull, "PullFailed", $"{machine}: {Describe.Event(m)}", true),
        _ => null,
    };
}
