using System.Linq.Expressions;
using System.Reflection;

namespace CacheMachine.Runtime.Actor;

/// <summary>
/// How to make an actor, again and again. Immutable. Stands for <c>Akka.Actor.Props</c>. The constructor's arguments are taken once,
/// when the Props are made: a restarted actor gets the same ones.
/// </summary>
public sealed class Props
{
    private readonly object?[] _arguments;
    private readonly Lazy<ConstructorInvoker> _constructor;

    private Props(Type type, object?[] arguments, Lazy<ConstructorInvoker> constructor, SupervisorStrategy? strategy)
    {
        Type = type;
        _arguments = arguments;
        _constructor = constructor;
        SupervisorStrategy = strategy;
    }

    /// <summary>Stands for <c>Akka.Actor.Props.Type</c>: the actor's class.</summary>
    internal Type Type { get; }

    /// <summary>Stands for <c>Akka.Actor.Props.SupervisorStrategy</c>: for the actor's children; null leaves it to the actor.</summary>
    internal SupervisorStrategy? SupervisorStrategy { get; }

    /// <summary>
    /// Stands for <c>Akka.Actor.Props.Create{TActor}(object[])</c>. That no constructor fits is found when the actor is made, and fails as
    /// its constructor would.
    /// </summary>
    /// <param name="args">For the constructor, public or not, that takes as many arguments of these types.</param>
    public static Props Create<TActor>(params object?[] args) where TActor : ActorBase
    {
        ArgumentNullException.ThrowIfNull(args);
        var type = typeof(TActor);
        return new Props(type, args, new Lazy<ConstructorInvoker>(() => ConstructorInvoker.Create(Constructors.Find(type, args))), null);
    }

    /// <summary>
    /// Stands for <c>Akka.Actor.Props.Create{TActor}(Expression{Func{TActor}})</c>. The arguments are evaluated here, once.
    /// </summary>
    /// <param name="factory"><c>() => new SomeActor(arguments)</c> and nothing else.</param>
    /// <exception cref="ArgumentException">The expression is not a constructor call.</exception>
    public static Props Create<TActor>(Expression<Func<TActor>> factory) where TActor : ActorBase
    {
        ArgumentNullException.ThrowIfNull(factory);
        if (factory.Body is not NewExpression { Constructor: { } constructor } creation)
            throw new ArgumentException($"The create function must be a 'new {typeof(TActor).Name}(arguments)' expression.", nameof(factory));
        var arguments = creation.Arguments.Select(Constructors.Evaluate).ToArray();
        return new Props(creation.Type, arguments, new Lazy<ConstructorInvoker>(() => ConstructorInvoker.Create(constructor)), null);
    }

    /// <summary>Stands for <c>Akka.Actor.Props.WithSupervisorStrategy</c>: for the children, in place of the actor's own.</summary>
    internal Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy) => new(Type, _arguments, _constructor, supervisorStrategy);

    internal ActorBase NewActor() => (ActorBase)_constructor.Value.Invoke(_arguments.AsSpan());
}
