using CacheMachine.Actors.Copies;
using CacheMachine.Actors.Machines.Model;

namespace CacheMachine.Actors.Machines.Status;

/// <summary>What a machine lets all replicas keep of its answers.</summary>
public static class MachineCopy
{
    /// <summary>The copy of a machine in this state; null where there never was one.</summary>
    /// <param name="machine">Its name.</param>
    /// <param name="sequenceNr">Of the last event in its journal.</param>
    /// <param name="state">Its state.</param>
    /// <param name="settings">Defaults.</param>
    /// <param name="time">Clock.</param>
    public static PublishCopy? Of(string machine, long sequenceNr, MachineState state, MachineSettings settings, TimeProvider time)
    {
        if (sequenceNr == 0)
            return null;
        return state.Record.Spec is null
            ? new PublishCopy(CopyKeys.Machine(machine), sequenceNr, IsProvisional: false, static () => [])
            : new PublishCopy(CopyKeys.Machine(machine), sequenceNr, !state.View.IsSynced, () => Forms(StatusReport.Of(state, settings, time.GetUtcNow())));
    }

    /// <summary>The status, and what is left of it when details are left out: its images first of all are what is asked for.</summary>
    public static IEnumerable<MachineStatus> Forms(MachineStatus status)
    {
        yield return status;
        var withoutNodes = status with { CommonCache = [], Nodes = [], Pulls = [] };
        yield return withoutNodes;
        yield return withoutNodes with { AllImages = [] };
    }
}
