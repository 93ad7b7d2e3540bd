using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Pulling;

namespace CacheMachine.Actors.Machines.Status;

/// <summary>Events as people say them.</summary>
public static class Describe
{
    /// <summary>One line.</summary>
    public static string Event(IMachineEvent e) => e switch
    {
        MachineConfigured m => $"configured with {m.Spec.RepoMen.Length} repository managers",
        MachineDeleted => "deleted",
        RepoListChanged m => $"repository manager {m.Index} desires {m.Desired.Length} images",
        PullStarted m => $"pulling {m.Url}{(m.Nodes is { } nodes ? $" on {nodes.Length} nodes" : "")}",
        PullWidened m => $"pulling {m.Image} also on {string.Join(", ", m.Nodes)}",
        PullEnded { Outcome: PullOutcome.Succeeded } m => $"{m.Image} is on {m.Pulled.Length} nodes",
        PullEnded { Outcome: PullOutcome.Cancelled } m => $"pull of {m.Image} cancelled: {m.Why}",
        PullEnded m => $"{m.Image} is given up for now on {m.Failures.Count} nodes, tried again in {(m.RetryAt is { } at ? Words.Of(at - m.At) : "a while")}: "
            + string.Join("; ", m.Failures.Take(3).Select(f => $"{f.Key}: {f.Value}")),
        EvidenceEnded m => $"{m.Image} no longer counts as on {string.Join(", ", m.Nodes)}: {m.Why}",
        _ => e.GetType().Name,
    };

    /// <summary>The news of an event; null where it is none.</summary>
    /// <param name="machine">Name of the machine.</param>
    /// <param name="e">What happened.</param>
    /// <param name="pull">The pull before it, where it is about one.</param>
    public static PullNews? News(string machine, IMachineEvent e, PullInFlight? pull) => e switch
    {
        PullStarted m => new(m.Pull, "PullStarted", $"{machine}: {Event(m)}", false),
        PullEnded { Outcome: PullOutcome.Succeeded } m when pull is not null =>
            new(pull.Pull, "Pulled", $"{machine}: {pull.Url} pulled on {m.Pulled.Length} nodes in {Words.Of(m.At - pull.StartedAt)}", false),
        PullEnded { Outcome: PullOutcome.Failed } m when pull is not null =>
            new(pull.Pull, "PullFailed", $"{machine}: {Event(m)}", true),
        _ => null,
    };
}
