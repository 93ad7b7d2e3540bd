namespace CacheMachine.Actors.Machines.Model;

/// <summary>To an entity: another replica takes over. It stops when what it was doing is in its journal.</summary>
public sealed record HandOff
{
    /// <summary>The only one.</summary>
    public static HandOff Instance { get; } = new();
}
