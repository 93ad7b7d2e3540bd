namespace CacheMachine.Host.Api.Specs;

/// <summary>Collects faults up to a bound, so that a hostile body cannot make a bigger answer.</summary>
public sealed class SpecFaults
{
    /// <summary>How many faults an answer lists at most.</summary>
    public const int Max = 100;

    private readonly List<SpecFault> faults = [];

    /// <summary>In the order found.</summary>
    public IReadOnlyList<SpecFault> All => faults;

    internal void Add(string field, string? value, string rule)
    {
        if (faults.Count < Max)
            faults.Add(new SpecFault(field, value, rule));
    }
}
