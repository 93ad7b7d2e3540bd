using Akka.Actor.Setup;

namespace CacheMachine.TestKit;

/// <summary>Akka.TestKit.Xunit2 in virtual time, with what the tests of the actors ask of a test kit besides Akka.NET's own members.</summary>
public abstract class ActorTest : Akka.TestKit.Xunit2.TestKit
{
    /// <summary>How long anything may take that must happen: long enough for a loaded machine.</summary>
    private static readonly TimeSpan s_guard = TimeSpan.FromSeconds(5);

    /// <summary>A system in virtual time.</summary>
    /// <param name="setups">What else it is made with.</param>
    protected ActorTest(params Setup[] setups) : this(new VirtualTimeProvider(), setups)
    {
    }

    private ActorTest(VirtualTimeProvider time, Setup[] setups)
        : base(setups.Aggregate(ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(TimeProviderScheduler.On(time)
            .WithFallback(CountedDispatcher.Everywhere)
            .WithFallback("akka.test.single-expect-default = 5s\nakka.persistence.snapshot-store.plugin = akka.persistence.snapshot-store.inmem")
            .WithFallback(DefaultConfig))), (all, setup) => all.And(setup)))
    {
        Time = time;
        Time.ComeToRest += ComeToRest;
    }

    /// <summary>The system's clock.</summary>
    public VirtualTimeProvider Time { get; }

    /// <summary>Waits until no actor runs and no message waits. A task that does I/O is not seen: await its message.</summary>
    public void ComeToRest() => Rest.Await(Sys, s_guard);

    /// <summary>From now on the test actor gets every message that could not be delivered, as a dead letter.</summary>
    public void SubscribeToDeadLetters() => Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

    /// <summary>When the system has come to rest, no message is there.</summary>
    public void ExpectNoMsg()
    {
        ComeToRest();
        base.ExpectNoMsg(TimeSpan.Zero);
    }

    /// <summary>Lets that much virtual time pass, then as <see cref="ExpectNoMsg()"/>.</summary>
    public void ExpectNoMsg(TimeSpan duration)
    {
        Time.Advance(duration);
        ExpectNoMsg();
    }
}
