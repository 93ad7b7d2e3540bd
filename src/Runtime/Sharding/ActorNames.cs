namespace CacheMachine.Runtime.Sharding;

/// <summary>Any string as the name of an actor, without two becoming the same; as in Akka.NET, the entity's id is the decoded name of its path.</summary>
internal static class ActorNames
{
    internal static string Encode(string id) => Uri.EscapeDataString(id);
}
