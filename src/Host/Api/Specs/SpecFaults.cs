namespace CacheMachine.Host.Api.Specs;

/// <summary>Collects the faults of one body.</summary>
internal sealed class SpecFaults
{
    /// <summary>More are counted, not listed, so that an answer is never much longer than what it answers.</summary>
    public const int MaxListed = 1000;

    private readonly List<Fault> _listed = [];
    private int _more;

    /// <summary>Nothing is wrong so far.</summary>
    public bool None => _listed.Count == 0;

    /// <summary>All of them; the last one says how many are not listed, if any.</summary>
    public IReadOnlyList<Fault> All => _more == 0 ? _listed : [.. _listed, new Fault("", null, $"{_more} more faults are not listed")];

    public void Add(string field, string? value, string rule)
    {
        if (_listed.Count < MaxListed)
            _listed.Add(new Fault(field, value, rule));
        else
            _more++;
    }
}
