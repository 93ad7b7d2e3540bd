using CacheMachine.Host.Clustering.Leases;

namespace CacheMachine.Host.Clustering.Formation;

/// <summary>What a replica knows when it looks at the Lease of its cluster.</summary>
/// <param name="Self">Its address.</param>
/// <param name="IsMember">Whether it has joined a cluster, and has not begun to leave it.</param>
/// <param name="Members">Addresses of the replicas in it that have not begun to leave it, reachable or not; with its own.</param>
/// <param name="Lease">The Lease; null where there is none.</param>
/// <param name="Age">Since its last change was seen.</param>
/// <param name="Duration">Of the Lease.</param>
/// <param name="Tenure">The <see cref="LeaseRecord.Transitions"/> under which it was last seen in the hands of our cluster; null where it never was.</param>
/// <param name="ForeignFor">Since when it is in the hands of a replica that is not of our cluster.</param>
internal sealed record FormationView(
    string Self, bool IsMember, IReadOnlySet<string> Members, LeaseRecord? Lease, TimeSpan Age, TimeSpan Duration, int? Tenure, TimeSpan ForeignFor);

/// <summary>What a replica does about the Lease of its cluster.</summary>
internal abstract record FormationStep
{
    /// <summary>Nothing now.</summary>
    public sealed record Wait : FormationStep;

    /// <summary>The Lease is with a replica of our cluster.</summary>
    public sealed record Trust : FormationStep;

    /// <summary>Join the cluster of this replica.</summary>
    public sealed record Join(string Address) : FormationStep;

    /// <summary>Take the Lease; who gets it forms a cluster.</summary>
    public sealed record Form : FormationStep;

    /// <summary>Say that we are still there.</summary>
    public sealed record Renew : FormationStep;

    /// <summary>Take the Lease for our cluster.</summary>
    public sealed record TakeOver : FormationStep;

    /// <summary>Another cluster has been formed while ours could not look after its Lease: ours ends.</summary>
    public sealed record StepDown(string Holder) : FormationStep;
}

/// <summary>
/// One cluster is formed, by who takes the Lease; everybody else joins the replica that holds it. Nobody forms one because the others do not answer. The cluster looks
/// after its Lease: any member takes it over from one that leaves, is given up, or does not renew it, which is always sooner than a newcomer may.
/// </summary>
internal static class FormationRules
{
    /// <summary>A newcomer waits for this many durations: members take over a Lease after one.</summary>
    public const int NewcomersWait = 2;

    /// <summary>Who holds the Lease may have joined our cluster a moment ago, and we do not know it yet.</summary>
    public static readonly TimeSpan ForeignGrace = TimeSpan.FromSeconds(5);

    /// <summary>What to do next.</summary>
    public static FormationStep Next(FormationView view) => view.IsMember ? OfMember(view) : OfNewcomer(view);

    private static FormationStep OfNewcomer(FormationView view) => view.Lease?.Holder switch
    {
        null => new FormationStep.Form(),
        _ when view.Age >= NewcomersWait * view.Duration => new FormationStep.Form(),
        // Of the process that was here before us. Where others are left they take it over, and we join them.
        var holder when holder == view.Self => new FormationStep.Wait(),
        var holder => new FormationStep.Join(holder),
    };

    private static FormationStep OfMember(FormationView view)
    {
        var holder = view.Lease?.Holder;
        if (holder is not null && view.Members.Contains(holder))
            return holder == view.Self ? new FormationStep.Renew() : view.Age >= view.Duration ? new FormationStep.TakeOver() : new FormationStep.Trust();
        // Nobody has it, or it is as our cluster left it: whoever had it is not of us any more.
        if (holder is null || view.Lease!.Transitions == view.Tenure)
            return new FormationStep.TakeOver();
        return view.ForeignFor >= ForeignGrace ? new FormationStep.StepDown(holder) : new FormationStep.Wait();
    }
}
