using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.Tests.Actor;

/// <summary>What the tests of the actor runtime have in common.</summary>
public abstract class ActorTest : CacheMachine.Runtime.TestKit.TestKit
{
    protected ActorTest(ActorSystemSettings? settings = null) : base(settings)
    {
    }

    /// <summary>The message makes a <see cref="Worker"/> throw.</summary>
    public sealed record Fail(Exception Cause);

    /// <summary>The message makes a <see cref="Worker"/> answer with how many strings it has handled since it was made.</summary>
    public sealed record GetCount;

    /// <summary>The message makes an <see cref="Boss"/> create a child and answer with its reference.</summary>
    public sealed record NewChild(Props Props, string? Name = null);

    /// <summary>Reports each hook and each string that it handles to a log actor.</summary>
    public class Worker : ReceiveActor
    {
        private readonly IActorRef _log;
        private int _count;

        public Worker(IActorRef log)
        {
            _log = log;
            Receive<string>(text =>
            {
                _count++;
                _log.Tell(text);
            });
            Receive<GetCount>(_ => Sender.Tell(_count));
            Receive<Fail>(fail => throw fail.Cause);
            Receive<NewChild>(child => Sender.Tell(Context.ActorOf(child.Props, child.Name)));
        }

        protected override void PreStart() => _log.Tell($"PreStart {Self.Path.Name}");

        protected override void PostStop() => _log.Tell($"PostStop {Self.Path.Name}");

        protected override void PreRestart(Exception reason, object? message)
        {
            ArgumentNullException.ThrowIfNull(reason);
            _log.Tell($"PreRestart {Self.Path.Name} {reason.Message} {message?.GetType().Name}");
            base.PreRestart(reason, message);
        }

        private protected override void PostRestart(Exception reason)
        {
            ArgumentNullException.ThrowIfNull(reason);
            _log.Tell($"PostRestart {Self.Path.Name} {reason.Message}");
            base.PostRestart(reason);
        }
    }

    /// <summary>Creates children under the strategy given, and reports the Terminated of those it is told to watch.</summary>
    internal sealed class Boss : ReceiveActor
    {
        private readonly SupervisorStrategy _strategy;

        public Boss(SupervisorStrategy strategy, IActorRef log)
        {
            _strategy = strategy;
            Receive<NewChild>(child => Sender.Tell(Context.ActorOf(child.Props, child.Name)));
            Receive<IActorRef>(child => Sender.Tell(Context.Watch(child)));
            Receive<Terminated>(dead => log.Tell($"Terminated {dead.ActorRef.Path.Name}"));
            Receive<Fail>(fail => throw fail.Cause);
        }

        private protected override SupervisorStrategy SupervisorStrategy() => _strategy;
    }

    /// <summary>Runs what it is told, in its own turn.</summary>
    public sealed class Runner : ReceiveActor
    {
        public Runner() => Receive<Action<IActorContext>>(run => run(Context));
    }

    protected static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    protected T Ask<T>(IActorRef actor, object message)
    {
        actor.Tell(message, TestActor);
        return ExpectMsg<T>();
    }

    /// <summary>Runs code as an actor would, and hands out what it threw.</summary>
    protected void InActor(Action<IActorContext> run)
    {
        Exception? failure = null;
        var runner = Sys.ActorOf(Props.Create<Runner>());
        runner.Tell((Action<IActorContext>)(context =>
        {
            try
            {
                run(context);
            }
            catch (Exception thrown)
            {
                failure = thrown;
            }

            TestActor.Tell("ran");
        }));
        ExpectMsg("ran");
        if (failure is not null) throw new InvalidOperationException($"In the actor: {failure.Message}", failure);
    }
}
