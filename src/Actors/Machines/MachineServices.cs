using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.RepoMen;

namespace CacheMachine.Actors.Machines;

/// <summary>What a machine needs from outside.</summary>
/// <param name="Pulls">Where DaemonSets are made.</param>
/// <param name="Watcher">The replica's cluster watcher.</param>
/// <param name="Budget">Gives permits to pull; null where the service sets no limit.</param>
/// <param name="RepoMen">Makes repository managers.</param>
/// <param name="Settings">Defaults.</param>
/// <param name="Time">Clock.</param>
/// <param name="Copies">The replica's copy keeper.</param>
/// <param name="Troubles">Where it is noted that the journal fails.</param>
public sealed record MachineServices(
    IPulls Pulls, IActorRef Watcher, IActorRef? Budget, RepoManFactory RepoMen, MachineSettings Settings, TimeProvider Time, IActorRef Copies,
    JournalTroubles Troubles);
