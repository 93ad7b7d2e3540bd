using CacheMachine.Runtime.Sharding;
using Xunit;

namespace CacheMachine.Runtime.Tests.Sharding;

public sealed class ShardAllocationTests
{
    [Fact]
    public void Without_members_no_shard_has_a_place() => Assert.All(ShardAllocation.Plan([], [null, "a"]), Assert.Null);

    [Fact]
    public void Everybody_comes_to_the_same_plan_whatever_the_order_of_members()
    {
        var owners = new string?[] { "a", null, "gone", "b", null, "a", "a", null };
        Assert.Equal(ShardAllocation.Plan(["a", "b", "c"], owners), ShardAllocation.Plan(["c", "b", "a"], owners));
    }

    /// <summary>Whatever the members, shards and owners: shares differ by one at most, nothing moves without need, and the plan, once carried out, stays.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Shares_are_fair_and_only_what_must_move_moves(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var members = Enumerable.Range(0, random.Next(1, 8)).Select(i => $"m{i}").ToArray();
            var owners = Enumerable.Range(0, random.Next(1, 70)).Select(_ => random.Next(10) switch { 0 => null, 1 => "gone", _ => members[random.Next(members.Length)] }).ToArray();

            var plan = ShardAllocation.Plan(members, owners);

            var shares = members.ToDictionary(member => member, member => plan.Count(target => target == member));
            Assert.True(shares.Values.Max() - shares.Values.Min() <= 1, $"seed {seed}, round {round}: {string.Join(", ", shares)}");
            foreach (var (member, share) in shares)
            {
                var had = owners.Count(owner => owner == member);
                Assert.Equal(Math.Min(had, share), owners.Zip(plan).Count(shard => shard.First == member && shard.Second == member));
            }
            Assert.Equal(plan, ShardAllocation.Plan(members, plan));
        }
    }

    [Fact]
    public void A_member_that_comes_takes_its_share_and_no_shard_moves_between_the_others()
    {
        var before = ShardAllocation.Plan(["a", "b"], new string?[16]);
        var after = ShardAllocation.Plan(["a", "b", "c"], before);

        Assert.All(before.Zip(after), shard => Assert.True(shard.First == shard.Second || shard.Second == "c"));
        Assert.Equal(5, after.Count(target => target == "c"));
    }
}
