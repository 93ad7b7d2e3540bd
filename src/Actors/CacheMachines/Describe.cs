using CacheMachine.Actors.Pulling;

namespace CacheMachine.Actors.CacheMachines;

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
}
