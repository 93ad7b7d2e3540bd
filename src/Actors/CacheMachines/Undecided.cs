using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.RepoMen;

namespace CacheMachine.Actors.CacheMachines;

/// <summary>
/// What a machine was told while it could store nothing, in order, to be decided later. What a later message makes out of date is dropped, so that a long outage
/// does not fill the memory.
/// </summary>
public sealed class Undecided
{
    private readonly List<IMachineMessage> _messages = [];

    /// <summary>How many there are.</summary>
    public int Count => _messages.Count;

    /// <summary>One more, behind the others.</summary>
    public void Add(IMachineMessage message)
    {
        _messages.RemoveAll(earlier => IsOutdated(earlier, message));
        _messages.Add(message);
    }

    /// <summary>All of them, in order; none are left.</summary>
    public IReadOnlyList<IMachineMessage> Take()
    {
        var taken = _messages.ToList();
        _messages.Clear();
        return taken;
    }

    private static bool IsOutdated(IMachineMessage earlier, IMachineMessage later) => (earlier, later) switch
    {
        (ClusterSeen, ClusterSeen) or (NodesGranted, NodesGranted) => true,
        (ConfigureMachine a, ConfigureMachine b) => a.Generation <= b.Generation,
        (RepoManListed a, RepoManListed b) => (a.Generation, a.Index) == (b.Generation, b.Index),
        (RepoManFailed a, RepoManFailed b) => (a.Generation, a.Index) == (b.Generation, b.Index),
        (RegistryLimited a, RegistryLimited b) => a.Registry == b.Registry,
        (PullerTrouble a, PullerTrouble b) => a.Pull == b.Pull,
        _ => earlier.Equals(later),
    };
}
