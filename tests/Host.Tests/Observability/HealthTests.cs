using System.Collections.Immutable;
using CacheMachine.Actors.Nodes;
using CacheMachine.Host.Observability;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CacheMachine.Host.Tests.Observability;

public class HealthTests
{
    private static readonly ClusterView Synced = ClusterView.Empty with { Listed = ClusterKinds.All };

    [Fact]
    public void A_journal_in_trouble_is_degraded_and_says_why()
    {
        Assert.Equal(HealthStatus.Healthy, Health.JournalOf(null).Status);
        var troubled = Health.JournalOf("the disk is full");
        Assert.Equal((HealthStatus.Degraded, "reads go on, writes are refused: the disk is full"), (troubled.Status, troubled.Description));
    }

    [Fact]
    public void A_broken_watch_is_degraded_and_says_of_what_and_nothing_of_where()
    {
        Assert.Equal(HealthStatus.Healthy, Health.ClusterOf(Synced).Status);
        Assert.Equal(HealthStatus.Degraded, Health.ClusterOf(ClusterView.Empty).Status);
        var broken = Health.ClusterOf(Synced with { Troubles = ImmutableDictionary<ClusterKinds, string>.Empty.Add(ClusterKinds.Pods, "https://10.0.0.1:443 refuses token abc") });
        Assert.Equal((HealthStatus.Degraded, "the watch is broken, and set up again, of: Pods"), (broken.Status, broken.Description));
    }
}
