using System.Collections.Immutable;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.RepoMen;

namespace CacheMachine.Actors.Machines.Decisions;

/// <summary>What a machine decided.</summary>
/// <param name="State">The machine after the events.</param>
/// <param name="Events">What is to be in the journal before anything is done about it.</param>
public sealed record Decision(MachineState State, ImmutableArray<IMachineEvent> Events);

/// <summary>
/// The whole mind of a machine: (state, message) → (state, events), without I/O, clock or chance of its own. What the actor has to do
/// follows from the state (<see cref="MachineChildren"/>, <see cref="Alarm"/>).
/// </summary>
public sealed class MachineDecisions(MachineSettings settings)
{
    /// <summary>Decides.</summary>
    /// <param name="state">The machine now.</param>
    /// <param name="message">What it is told.</param>
    /// <param name="now">The time.</param>
    /// <param name="chance">From 0 to 1, for jitter.</param>
    public Decision Decide(MachineState state, IMachineMessage message, DateTimeOffset now, double chance)
    {
        var turn = new Turn(state);
        switch (message)
        {
            case ConfigureMachine m:
                Configure(turn, m, now);
                break;
            case DeleteMachine m:
                Delete(turn, m, now);
                break;
            case RepoManListed m when m.Generation == state.Record.Generation:
                turn.State = turn.State with { RepoTroubles = turn.State.RepoTroubles.Remove(m.Index) };
                if (!m.List.Equals(state.Record.Lists.GetValueOrDefault(m.Index)))
                    turn.Add(new RepoListChanged(m.Index, m.List.Desired, m.List.All, now));
                break;
            case RepoManFailed m when m.Generation == state.Record.Generation:
                turn.State = turn.State with { RepoTroubles = turn.State.RepoTroubles.SetItem(m.Index, new(m.Error, m.RetryAt)) };
                if (m.LimitedBy is { } registry)
                    turn.State = turn.State.WithLimit(registry, m.RetryAt);
                break;
            case ClusterSeen m:
                See(turn, m.View, now);
                break;
            case NodesGranted m:
                turn.State = turn.State with { Granted = m.Nodes };
                break;
            case PullsGranted m:
                turn.State = turn.State with { PullsGranted = m };
                break;
            case RegistryLimited m:
                turn.State = turn.State.WithLimit(m.Registry, m.Until);
                break;
            case PullerTrouble m:
                turn.State = turn.State with { PullTroubles = turn.State.PullTroubles.SetItem(m.Pull, m.Error) };
                break;
            case PullEnsured m:
                turn.State = turn.State with { PullTroubles = turn.State.PullTroubles.Remove(m.Pull) };
                break;
            case PullRemoved m:
                turn.State = turn.State with
                {
                    Removing = turn.State.Removing.Remove(m.Pull),
                    Gone = turn.State.View.Pulls.TryGetValue(m.Pull, out var gone) ? turn.State.Gone.Add(gone.Uid) : turn.State.Gone,
                    PullTroubles = turn.State.PullTroubles.Remove(m.Pull),
                };
                break;
        }
        if (turn.State.Record.Spec is not null)
            Settle(turn, now, chance);
        else
            turn.State = turn.State with { NodesWanted = [], PullsWanted = PullPlan.Leaving(turn.State) };
        return new(turn.State with { DecidedAt = now }, turn.Events);
    }

    /// <summary>The order is not the one that the machine follows, nor an older one, which a supervisor that has been replaced still had on its way.</summary>
    public static bool IsNews(MachineRecord record, ConfigureMachine m) =>
        m.Generation > record.Generation || (m.Generation == record.Generation && record.Spec is null);

    private static void Configure(Turn turn, ConfigureMachine m, DateTimeOffset now)
    {
        if (!IsNews(turn.State.Record, m))
            return;
        CancelAll(turn, "the machine was given another spec", now);
        turn.Add(new MachineConfigured(m.Generation, m.Spec, now));
        turn.State = turn.State with { RepoTroubles = turn.State.RepoTroubles.Clear() };
    }

    // Also where there is no machine: the one that is on its way to be made must find its end here.
    private static void Delete(Turn turn, DeleteMachine m, DateTimeOffset now)
    {
        if (m.Generation <= turn.State.Record.Generation)
            return;
        CancelAll(turn, "the machine is deleted", now);
        turn.Add(new MachineDeleted(m.Generation, now));
        turn.State = turn.State with { RepoTroubles = turn.State.RepoTroubles.Clear() };
    }

    private void See(Turn turn, ClusterView view, DateTimeOffset now)
    {
        var before = turn.State.View;
        turn.State = turn.State with { View = view, Gone = turn.State.Gone.Intersect(view.Pulls.Values.Select(pull => pull.Uid)) };
        EndEvidence(turn, before, now);
    }

    private void Settle(Turn turn, DateTimeOffset now, double chance)
    {
        EndEvidence(turn, turn.State.View, now);
        RemoveOrphans(turn);
        var assessment = Assessment.Of(turn.State);
        CancelUnwanted(turn, assessment, now);
        var judged = Judge(turn, assessment, now);
        Track(turn, judged, now);
        var plan = new PullPlan(assessment, judged, settings, now);
        var widened = plan.Widen(turn.State).ToList();
        widened.ForEach(turn.Add);
        foreach (var (image, nodes) in judged.Where(pull => widened.TrueForAll(w => w.Image != pull.Key)))
            EndIfSettled(turn, assessment, image, nodes, now, chance);
        Start(turn, plan);
        if (settings.LimitsNodes)
            turn.State = turn.State with { NodesWanted = plan.NodesWanted(turn.State) };
    }

    private void Start(Turn turn, PullPlan plan)
    {
        var starts = plan.Start(turn.State).ToList();
        if (!settings.LimitsPulls)
        {
            starts.ForEach(turn.Add);
            return;
        }
        var state = turn.State;
        var started = state.PullsWanted.Started;
        var now = (int)Math.Clamp(state.PullsGranted.Pulls - started, 0, starts.Count);
        starts[..now].ForEach(turn.Add);
        turn.State = turn.State with { PullsWanted = plan.Wants(turn.State, started + now, starts[now..]) };
    }

    // Only where the whole cluster has been listed does the absence of a node mean that it is gone.
    private void EndEvidence(Turn turn, ClusterView before, DateTimeOffset now)
    {
        if (!turn.State.View.IsSynced)
            return;
        foreach (var (image, nodes) in turn.State.Record.Evidence)
        {
            var reference = Images.ImageReference.Parse(image);
            var ended = nodes
                .Select(n => (Node: n.Key, End: Presence.WhyEnded(
                    n.Value, reference, turn.State.View.Nodes.GetValueOrDefault(n.Key), before.Nodes.GetValueOrDefault(n.Key),
                    settings.EvidenceGrace, settings.EvidenceLifetime, now)))
                .Where(n => n.End is not null)
                .GroupBy(n => n.End!, n => n.Node);
            foreach (var group in ended.ToList())
                turn.Add(new EvidenceEnded(image, [.. group.Order(StringComparer.Ordinal)], group.Key.Why, group.Key.Removed, now));
        }
    }

    // A DaemonSet under this machine's name that no pull of it explains: left behind by a crash, or made by somebody else.
    private static void RemoveOrphans(Turn turn)
    {
        var state = turn.State;
        var known = state.Record.Pulls.Values.Select(pull => pull.Pull).ToHashSet(StringComparer.Ordinal);
        var label = PullNames.Label(state.Record.Spec!.Name);
        var orphans = state.View.Pulls.Values.Where(pull =>
            pull.Label == label && !known.Contains(pull.Name) && !state.Gone.Contains(pull.Uid));
        turn.State = state with { Removing = state.Removing.Union(orphans.Select(pull => pull.Name)) };
    }

    private static void CancelUnwanted(Turn turn, Assessment assessment, DateTimeOffset now)
    {
        // Until every repository manager has listed once, an image that is missing from the lists may only not be listed yet.
        var record = turn.State.Record;
        var complete = record.Lists.Count == record.Spec!.RepoMen.Length;
        var wanted = assessment.Images.ToDictionary(image => image.Wanted.Key, image => image.Wanted);
        foreach (var (image, pull) in record.Pulls)
        {
            if (wanted.TryGetValue(image, out var now1))
            {
                if (now1.Digest != pull.Digest)
                    turn.End(Cancelled(image, $"another digest is wanted now: {now1.Digest ?? "any"}", now));
            }
            else if (complete)
            {
                turn.End(Cancelled(image, "the image is no longer wanted", now));
            }
        }
    }

    private ImmutableDictionary<string, ImmutableArray<NodePull>> Judge(Turn turn, Assessment assessment, DateTimeOffset now)
    {
        var timeout = turn.State.Record.Spec!.PullTimeout ?? settings.PullTimeout;
        return turn.State.View.IsSynced
            ? turn.State.Record.Pulls.ToImmutableDictionary(pull => pull.Key, pull => assessment.Judge(pull.Key, pull.Value, timeout, now))
            : ImmutableDictionary<string, ImmutableArray<NodePull>>.Empty;
    }

    private void EndIfSettled(Turn turn, Assessment assessment, string image, ImmutableArray<NodePull> nodes, DateTimeOffset now, double chance)
    {
        if (nodes.IsEmpty)
        {
            turn.End(Cancelled(image, "no eligible node is left to pull it on", now));
            return;
        }
        if (nodes.Any(node => node.State == NodePullState.Pulling))
            return;
        if (nodes.Any(node => node.TagMoved))
            turn.State = turn.State with { Refreshes = turn.State.Refreshes + 1 };
        Limit(turn, image, nodes, now);
        var record = turn.State.Record;
        var pull = record.Pulls[image];
        var pods = assessment.PodsByNode(pull.Pull);
        var done = nodes.Where(node => node.State == NodePullState.Done).Select(node => turn.State.View.Nodes[node.Node])
            .Select(node => new NodeEvidence(node.Name, node.Uid, node.BootId, pods.GetValueOrDefault(node.Name)?.Digest ?? pull.Digest));
        var failures = nodes.Where(node => node.State == NodePullState.Failed)
            .ToImmutableSortedDictionary(node => node.Node, node => node.Reason ?? "unknown", StringComparer.Ordinal);
        var attempts = record.Retries.TryGetValue(image, out var retry) && retry.Digest == pull.Digest ? retry.Attempts : 0;
        turn.End(new PullEnded(
            image, failures.IsEmpty ? PullOutcome.Succeeded : PullOutcome.Failed, null, [.. done], failures,
            failures.IsEmpty ? null : now + RetryDelay.WithJitter(RetryDelay.After(attempts + 1, settings.RetryMin, settings.RetryMax), chance), now));
    }

    // The node's words are the registry's: one that limits us is left alone by all pulls from it, and by this one at least as long.
    private void Limit(Turn turn, string image, ImmutableArray<NodePull> nodes, DateTimeOffset now)
    {
        if (nodes.Any(node => node.State == NodePullState.Failed && RateLimit.IsIn(node.Reason)))
            turn.State = turn.State.WithLimit(Images.ImageReference.Parse(image).Registry, now + settings.LimitedFor);
    }

    // Progress is how many nodes are settled; a DaemonSet that was there and is not any more was deleted by somebody else.
    private static void Track(Turn turn, ImmutableDictionary<string, ImmutableArray<NodePull>> judged, DateTimeOffset now)
    {
        var state = turn.State;
        if (!state.View.IsSynced)
            return;
        turn.State = state with
        {
            Progress = judged.ToImmutableSortedDictionary(
                j => j.Key,
                j => PullProgress.After(
                    state.Progress.GetValueOrDefault(j.Key), j.Value, state.Record.Pulls[j.Key],
                    state.View.Pulls.ContainsKey(state.Record.Pulls[j.Key].Pull), now),
                StringComparer.Ordinal),
        };
    }

    private static void CancelAll(Turn turn, string why, DateTimeOffset now)
    {
        foreach (var image in turn.State.Record.Pulls.Keys)
            turn.End(Cancelled(image, why, now));
    }

    private static PullEnded Cancelled(string image, string why, DateTimeOffset now) =>
        new(image, PullOutcome.Cancelled, why, [], ImmutableSortedDictionary<string, string>.Empty, null, now);

    // The state and the events of one decision, in step.
    private sealed class Turn(MachineState state)
    {
        private readonly ImmutableArray<IMachineEvent>.Builder _events = ImmutableArray.CreateBuilder<IMachineEvent>();

        public MachineState State { get; set; } = state;

        public ImmutableArray<IMachineEvent> Events => _events.ToImmutable();

        public void Add(IMachineEvent @event)
        {
            _events.Add(@event);
            State = State with { Record = State.Record.Apply(@event) };
        }

        public void End(PullEnded @event)
        {
            var pull = State.Record.Pulls[@event.Image].Pull;
            Add(@event);
            State = State with { Removing = State.Removing.Add(pull), Progress = State.Progress.Remove(@event.Image) };
        }
    }
}
