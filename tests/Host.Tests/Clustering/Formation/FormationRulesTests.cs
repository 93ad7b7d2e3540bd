using CacheMachine.Host.Clustering.Formation;
using CacheMachine.Host.Clustering.Leases;

namespace CacheMachine.Host.Tests.Clustering.Formation;

public sealed class FormationRulesTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10), Fresh = TimeSpan.FromSeconds(1);

    [Fact]
    public void Who_finds_no_Lease_or_one_that_nobody_has_forms_a_cluster()
    {
        Assert.IsType<FormationStep.Form>(Newcomer(null, default));
        Assert.IsType<FormationStep.Form>(Newcomer(Lease(null), Fresh));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(19)]
    public void Who_finds_a_holder_joins_it_whether_it_answers_or_not(int age) =>
        Assert.Equal(new FormationStep.Join("a"), Newcomer(Lease("a"), TimeSpan.FromSeconds(age)));

    [Fact]
    public void Only_when_no_member_has_taken_over_from_a_silent_holder_a_newcomer_does() =>
        Assert.IsType<FormationStep.Form>(Newcomer(Lease("a"), 2 * Duration));

    [Fact]
    public void Who_finds_its_own_name_forms_no_cluster_as_others_may_have_been_left()
    {
        Assert.IsType<FormationStep.Wait>(Newcomer(Lease("self"), Fresh));
        Assert.IsType<FormationStep.Form>(Newcomer(Lease("self"), 2 * Duration));
    }

    [Fact]
    public void The_holder_renews_and_the_others_trust_it_as_long_as_it_does()
    {
        Assert.IsType<FormationStep.Renew>(Member(Lease("self"), 10 * Duration));
        Assert.IsType<FormationStep.Trust>(Member(Lease("a"), Fresh));
        Assert.IsType<FormationStep.TakeOver>(Member(Lease("a"), Duration));
    }

    [Fact]
    public void What_a_member_had_that_has_left_or_was_given_up_is_taken_over_at_once() =>
        Assert.IsType<FormationStep.TakeOver>(Member(Lease("gone", transitions: 3), Fresh, tenure: 3));

    [Fact]
    public void A_Lease_that_somebody_deleted_or_released_is_made_anew()
    {
        Assert.IsType<FormationStep.TakeOver>(Member(null, default, tenure: 3));
        Assert.IsType<FormationStep.TakeOver>(Member(Lease(null, transitions: 3), Fresh, tenure: 3));
    }

    [Fact]
    public void When_a_stranger_has_taken_it_our_cluster_ends_after_a_moment_in_which_the_stranger_may_turn_out_to_be_a_new_member()
    {
        Assert.IsType<FormationStep.Wait>(Member(Lease("stranger", transitions: 4), Fresh, tenure: 3));
        Assert.Equal(
            new FormationStep.StepDown("stranger"), Member(Lease("stranger", transitions: 4), Fresh, tenure: 3, foreignFor: FormationRules.ForeignGrace));
        // A replica that was ours and formed another cluster under its old address.
        Assert.Equal(new FormationStep.StepDown("gone"), Member(Lease("gone", transitions: 4), Fresh, tenure: 3, foreignFor: FormationRules.ForeignGrace));
    }

    private static FormationStep Newcomer(LeaseRecord? lease, TimeSpan age) =>
        FormationRules.Next(new FormationView("self", false, new HashSet<string>(), lease, age, Duration, null, default));

    private static FormationStep Member(LeaseRecord? lease, TimeSpan age, int? tenure = null, TimeSpan foreignFor = default) =>
        FormationRules.Next(new FormationView("self", true, new HashSet<string> { "self", "a" }, lease, age, Duration, tenure, foreignFor));

    private static LeaseRecord Lease(string? holder, int transitions = 0) =>
        new("cachemachine", holder, Duration, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, transitions, "1");
}
