namespace CacheMachine.Runtime.Sharding;

/// <summary>
/// Who should own which shard: a pure function of what every replica sees, so that all come to the same answer without talking to each other. Akka.NET's counterpart is
/// <c>IShardAllocationStrategy</c>.
/// </summary>
internal static class ShardAllocation
{
    /// <summary>
    /// A fair share for each member (counts differ by one at most), without moving what need not move: a member keeps what it has up to its share; what is
    /// left over goes where rendezvous hashing puts it, among those that have less than their share.
    /// </summary>
    /// <param name="members">The replicas that take part, in any order.</param>
    /// <param name="owners">By shard: who owns it now, which may be no member; null for nobody.</param>
    /// <returns>By shard: who should own it; null only where there is no member.</returns>
    internal static string?[] Plan(IReadOnlyCollection<string> members, IReadOnlyList<string?> owners)
    {
        var targets = new string?[owners.Count];
        if (members.Count == 0)
            return targets;
        var held = members.ToDictionary(member => member, _ => new List<int>(), StringComparer.Ordinal);
        for (var shard = 0; shard < owners.Count; shard++)
        {
            if (owners[shard] is { } owner && held.TryGetValue(owner, out var shards))
                shards.Add(shard);
        }
        var room = Shares(held, owners.Count);
        foreach (var (member, shards) in held)
        {
            foreach (var shard in shards.OrderByDescending(shard => Score(shard, member)).Take(room[member]).ToList())
                targets[shard] = member;
            room[member] -= Math.Min(room[member], shards.Count);
        }
        for (var shard = 0; shard < targets.Length; shard++)
        {
            if (targets[shard] is not null)
                continue;
            var target = room.Where(left => left.Value > 0).Select(left => left.Key)
                .OrderByDescending(member => Score(shard, member)).ThenBy(member => member, StringComparer.Ordinal).First();
            targets[shard] = target;
            room[target]--;
        }
        return targets;
    }

    // Where the shards do not divide evenly, those who have most anyway keep one more.
    private static Dictionary<string, int> Shares(Dictionary<string, List<int>> held, int shards)
    {
        var (least, more) = (shards / held.Count, shards % held.Count);
        return held.OrderByDescending(member => member.Value.Count).ThenBy(member => member.Key, StringComparer.Ordinal)
            .Select((member, i) => (member.Key, Share: i < more ? least + 1 : least))
            .ToDictionary(member => member.Key, member => member.Share, StringComparer.Ordinal);
    }

    private static uint Score(int shard, string member) => StableHash.Of($"{shard}/{member}");
}
