using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Pulling;

namespace CacheMachine.Actors.Machines.Status;

/// <summary>Events as people say them.</summary>
public static class Describe
{
    private const int MostNames = 3;

    /// <summary>For the log.</summary>
    /// <param name="e">What happened.</param>
    /// <param name="pull">The pull that it ends, as it was before; null where it ends none.</param>
    public static EventLine Event(IMachineEvent e, PullInFlight? pull = null) => e switch
    {
        MachineConfigured m => Info("configured with {RepoMen}", Words.Count(m.Spec.RepoMen.Length, "repository manager")),
        MachineDeleted => Info("deleted"),
        RepoListChanged m => Info("repository manager {Index} wants {Images}", m.Index, Words.Count(m.Desired.Length, "image")),
        PullStarted m => Info(
            "pulling {Image} on {Nodes} with DaemonSet {DaemonSet}", m.Url, m.Nodes is { } nodes ? Words.Count(nodes.Length, "node") : "all nodes", m.Pull),
        PullWidened m => Info("pulling {Image} also on {Nodes}", m.Image, Names(m.Nodes)),
        PullEnded { Outcome: PullOutcome.Succeeded } m => pull is null
            ? Info("{Image} is on {Nodes}", m.Image, Words.Count(m.Pulled.Length, "node"))
            : Info("{Image} pulled on {Nodes} in {Duration}", pull.Url, Words.Count(m.Pulled.Length, "node"), Words.Of(m.At - pull.StartedAt)),
        PullEnded { Outcome: PullOutcome.Cancelled } m => Info("stopped pulling {Image}: {Reason}", m.Image, m.Why ?? ""),
        PullEnded m => new(
            LogLevel.WarningLevel, "{Image} cannot be pulled on {Nodes}, trying again in {Delay}: {Error}", pull?.Url ?? m.Image,
            Words.Count(m.Failures.Count, "node"), m.RetryAt is { } at ? Words.Of(at - m.At) : "a while",
            string.Join("; ", m.Failures.Take(MostNames).Select(failure => $"{failure.Key}: {failure.Value}"))),
        EvidenceEnded m => Info("{Image} no longer counts as present on {Nodes}: {Reason}", m.Image, Names(m.Nodes), m.Why),
        _ => Info(e.GetType().Name),
    };

    /// <summary>For the cluster's own events; null where it is nothing that belongs there.</summary>
    /// <param name="machine">Name of the machine.</param>
    /// <param name="e">What happened.</param>
    /// <param name="pull">The pull that it ends, as it was before; null where it ends none.</param>
    public static PullNews? News(string machine, IMachineEvent e, PullInFlight? pull) => e switch
    {
        PullStarted m => new(m.Pull, "PullStarted", $"{machine}: {Event(m)}", false),
        PullEnded { Outcome: PullOutcome.Succeeded } when pull is not null => new(pull.Pull, "Pulled", $"{machine}: {Event(e, pull)}", false),
        PullEnded { Outcome: PullOutcome.Failed } when pull is not null => new(pull.Pull, "PullFailed", $"{machine}: {Event(e, pull)}", true),
        _ => null,
    };

    private static EventLine Info(string template, params object[] values) => new(LogLevel.InfoLevel, template, values);

    private static string Names(IReadOnlyCollection<string> nodes) => nodes.Count <= MostNames
        ? string.Join(", ", nodes)
        : $"{string.Join(", ", nodes.Take(MostNames))} and {nodes.Count - MostNames} more";
}
