namespace CacheMachine.Actors;

/// <summary>A message that changes nothing: it may be sent again where it is not known whether it arrived.</summary>
public interface IQuestion;

/// <summary>To an entity: another replica takes over. It stops when what it was doing is in its journal.</summary>
public sealed record HandOff
{
    /// <summary>The only one.</summary>
    public static HandOff Instance { get; } = new();
}
