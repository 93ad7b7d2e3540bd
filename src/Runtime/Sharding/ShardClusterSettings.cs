namespace CacheMachine.Runtime.Sharding;

/// <summary>How a replica takes part in a cluster. Akka.NET's counterparts are keys under <c>akka.cluster.sharding</c> and the lease settings.</summary>
/// <param name="Replica">Name of this replica; two of the same name do no harm, but are hard to tell apart.</param>
/// <param name="Address">Where this replica takes messages from the others.</param>
/// <param name="Shards">How many shards there are; the same for all replicas.</param>
public sealed record ShardClusterSettings(string Replica, string Address, int Shards)
{
    /// <summary>Others may take a lease this long after they saw its last renewal. Whole seconds.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Time between two renewals of a lease; less than half of <see cref="LeaseDuration"/>, so that one may fail.</summary>
    public TimeSpan RenewEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a message waits for a shard that nobody owns, before its sender is told.</summary>
    public TimeSpan HoldMessagesFor { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How many messages wait at most, for all shards of a type together.</summary>
    public int HoldAtMost { get; init; } = 1000;

    /// <summary>Whether a message may be sent again where it is not known if it arrived; must be pure.</summary>
    public Func<object, bool> IsSafeToRepeat { get; init; } = static _ => false;

    /// <summary>An owner that could not renew stops acting this long after it began its last good renewal: two thirds of the lease, so that it has stopped when others may begin.</summary>
    internal TimeSpan ActFor => LeaseDuration * 2 / 3;
}
