using CacheMachine.Actors.Machines.Model;

namespace CacheMachine.Actors.Machines.Decisions;

/// <summary>When a machine has something to decide although nobody tells it anything.</summary>
public static class Alarm
{
    /// <summary>
    /// The first such time after the last decision; null where only messages matter. It may have passed already: what the last decision
    /// could not know of, because it came between it and now, must not be forgotten.
    /// </summary>
    public static DateTimeOffset? Next(MachineState state, MachineSettings settings)
    {
        if (state.Record.Spec is not { } spec)
            return null;
        var timeout = spec.PullTimeout ?? settings.PullTimeout;
        var times = state.Record.Retries.Values.Select(retry => retry.At)
            .Concat(state.Limited.Values)
            .Concat(state.Record.Removals.Values.SelectMany(nodes => nodes.Values).SelectMany(removals => removals).Select(removal => removal + settings.EvictionWindow))
            .Concat(state.Progress.Values.SelectMany(p => p.NodeSince.Values).Select(since => since + timeout))
            .Concat(state.Record.Pulls.Keys.Select(image => PullPlan.StalledSince(state, image) + settings.StallAfter))
            .Concat(state.Record.Evidence.Values.SelectMany(nodes => nodes.Values)
                .SelectMany(evidence => new[] { evidence.At + settings.EvidenceGrace, evidence.At + settings.EvidenceLifetime }))
            .Where(time => time > state.DecidedAt);
        return times.Select(time => (DateTimeOffset?)time).Min();
    }
}
