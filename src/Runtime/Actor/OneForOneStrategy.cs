namespace CacheMachine.Runtime.Actor;

/// <summary>The directive is for the child that failed. Stands for <c>Akka.Actor.OneForOneStrategy</c>.</summary>
internal sealed class OneForOneStrategy : SupervisorStrategy
{
    /// <summary>Stands for the constructor of <c>Akka.Actor.OneForOneStrategy</c> with the same parameters.</summary>
    /// <param name="maxNrOfRetries">A child that is to be restarted more often than this within the range of time is stopped; null or
    /// -1 is no limit, 0 is never.</param>
    /// <param name="withinTimeRange">Null: restarts count for ever. With a range but no limit, one restart in it is allowed.</param>
    /// <param name="localOnlyDecider">Chooses the directive by the exception.</param>
    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
        : base(maxNrOfRetries, withinTimeRange, localOnlyDecider)
    {
    }

    /// <summary>Stands for the constructor of <c>Akka.Actor.OneForOneStrategy</c> with the same parameter: no limit.</summary>
    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider) : this(null, null, localOnlyDecider)
    {
    }

    private protected override void ProcessFailure(ActorCell parent, bool restart, ChildStats child, Exception cause)
    {
        if (restart && MayRestart(parent, child)) child.Ref.SendSystemMessage(new Dispatch.Recreate(cause));
        else parent.Stop(child.Ref);
    }
}
