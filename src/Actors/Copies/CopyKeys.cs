using Akka.DistributedData;

namespace CacheMachine.Actors.Copies;

/// <summary>Names of the copies, the same on all replicas and in all releases.</summary>
public static class CopyKeys
{
    /// <summary>The list of machines.</summary>
    public const string Machines = "machines";

    /// <summary>What a machine answers.</summary>
    /// <param name="name">Name of the machine.</param>
    public static string Machine(string name) => $"machine/{name}";

    internal static LWWRegisterKey<ReadCopy> Register(string key) => new(key);
}
