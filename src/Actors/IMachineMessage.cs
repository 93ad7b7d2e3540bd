namespace CacheMachine.Actors;

/// <summary>What a machine decides upon.</summary>
public interface IMachineMessage;
