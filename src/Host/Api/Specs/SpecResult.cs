using CacheMachine.Actors.CacheMachines;

namespace CacheMachine.Host.Api.Specs;

/// <summary>What a body turned out to be.</summary>
public abstract record SpecResult
{
    private SpecResult()
    {
    }

    /// <summary>A machine; all rules hold.</summary>
    public sealed record Valid(MachineSpec Spec) : SpecResult;

    /// <summary>JSON that breaks rules: all of them, in the order of the body, or the first <see cref="SpecFaults.Max"/>. HTTP 422.</summary>
    public sealed record Invalid(IReadOnlyList<SpecFault> Faults) : SpecResult;

    /// <summary>No JSON; the message says where (lines and bytes count from 1) and why. HTTP 400.</summary>
    public sealed record NotJson(string Message) : SpecResult;
}
