namespace CacheMachine.Runtime.Actor;

/// <summary>Something that actors can be made in. Stands for <c>Akka.Actor.IActorRefFactory</c>.</summary>
public interface IActorRefFactory
{
    /// <summary>Stands for <c>Akka.Actor.IActorRefFactory.ActorOf</c>: makes a child; it starts on its own, this does not wait.</summary>
    /// <param name="props">How to make the instance, now and at each restart.</param>
    /// <param name="name">Unique among the siblings; generated if null.</param>
    /// <exception cref="InvalidActorNameException">The name is taken or not allowed.</exception>
    /// <exception cref="InvalidOperationException">The parent is stopping.</exception>
    IActorRef ActorOf(Props props, string? name = null);

    /// <summary>
    /// Stands for <c>Akka.Actor.IActorRefFactory.Stop</c>: the actor stops after the message it is handling, its children first.
    /// </summary>
    void Stop(IActorRef actor);
}

/// <summary>
/// An actor's view of its place in the tree. Stands for <c>Akka.Actor.IActorContext</c>. To be used only while the actor's own code
/// runs.
/// </summary>
public interface IActorContext : IActorRefFactory
{
    /// <summary>Stands for <c>Akka.Actor.IActorContext.Parent</c>.</summary>
    IActorRef Parent { get; }

    /// <summary>Stands for <c>Akka.Actor.IActorContext.System</c>.</summary>
    ActorSystem System { get; }

    /// <summary>
    /// Stands for <c>Akka.Actor.ICanWatch.Watch</c>: a <see cref="Terminated"/> comes when the subject is dead, also if it is dead already.
    /// </summary>
    /// <returns>The subject.</returns>
    IActorRef Watch(IActorRef subject);

    /// <summary>Stands for <c>Akka.Actor.ICanWatch.Unwatch</c>: no <see cref="Terminated"/> of the subject comes after this, not even one
    /// that is in the mailbox.</summary>
    /// <returns>The subject.</returns>
    IActorRef Unwatch(IActorRef subject);
}

/// <summary>Stands for <c>Akka.Actor.IUntypedActorContext</c>: what a receive actor's Context is.</summary>
public interface IUntypedActorContext : IActorContext;
