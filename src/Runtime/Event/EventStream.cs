using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.Event;

/// <summary>
/// Publish and subscribe by message type inside one actor system. Stands for <c>Akka.Event.EventStream</c>. A subscriber that has
/// died is dropped at the next publication.
/// </summary>
[SuppressMessage("Naming", "CA1711", Justification = "Akka's name.")]
public sealed class EventStream
{
    private ImmutableArray<(IActorRef Subscriber, Type Channel)> _subscriptions = [];

    internal EventStream()
    {
    }

    /// <summary>
    /// Stands for <c>Akka.Event.EventStream.Subscribe</c>: the subscriber gets what is published of this type or a subtype of it.
    /// </summary>
    /// <returns>False when it had subscribed to exactly this type before.</returns>
    public bool Subscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        ArgumentNullException.ThrowIfNull(channel);
        return ImmutableInterlocked.Update(ref _subscriptions,
            static (all, one) => all.Contains(one) ? all : all.Add(one), (subscriber, channel));
    }

    /// <summary>Stands for <c>Akka.Event.EventStream.Publish</c>: a subscriber gets the event once, however many of its channels match.</summary>
    public void Publish(object @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        var subscriptions = _subscriptions;
        var dead = false;
        for (var i = 0; i < subscriptions.Length; i++)
        {
            var (subscriber, channel) = subscriptions[i];
            if (!channel.IsInstanceOfType(@event)) continue;
            if (subscriber is InternalActorRef { IsTerminated: true }) dead = true;
            else if (!HadItBefore(subscriptions, i, @event)) subscriber.Tell(@event, ActorRefs.NoSender);
        }

        if (dead)
            ImmutableInterlocked.Update(ref _subscriptions,
                static all => all.RemoveAll(one => one.Subscriber is InternalActorRef { IsTerminated: true }));
    }

    private static bool HadItBefore(ImmutableArray<(IActorRef Subscriber, Type Channel)> subscriptions, int index, object @event)
    {
        for (var i = 0; i < index; i++)
        {
            if (subscriptions[i].Subscriber.Equals(subscriptions[index].Subscriber) && subscriptions[i].Channel.IsInstanceOfType(@event))
                return true;
        }

        return false;
    }
}
