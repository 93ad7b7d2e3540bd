namespace CacheMachine.Actors.Machines.Model;

/// <summary>
/// A registry wants to be left alone. The machine that hears it, from a repository manager or in a kubelet's words, tells all machines of its
/// replica by the event stream.
/// </summary>
/// <param name="Registry">Its host, normalised.</param>
/// <param name="Until">Until when nothing new is pulled from it.</param>
public sealed record RegistryLimited(string Registry, DateTimeOffset Until) : IMachineMessage;

/// <summary>Time has come for something that waits on the clock.</summary>
public sealed record Awake : IMachineMessage
{
    /// <summary>The only one.</summary>
    public static Awake Instance { get; } = new();
}
