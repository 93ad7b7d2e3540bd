using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.Dispatch;

/// <summary>A message and who sent it; a value, so that a queued message costs one queue node and nothing more.</summary>
internal readonly struct Envelope(object message, IActorRef? sender)
{
    /// <summary>Null only in the default value, which means "no message is being processed".</summary>
    internal object? Message { get; } = message;

    internal IActorRef? Sender { get; } = sender;
}
