using CacheMachine.Runtime.Actor;
using Xunit;

namespace CacheMachine.Runtime.Tests.Actor;

public sealed class TimersTests : ActorTest
{
    /// <summary>Runs what it is told with its timers, and reports each other message.</summary>
    private sealed class Clock : ReceiveActor, IWithTimers
    {
        public Clock(IActorRef log)
        {
            Receive<Fail>(fail => throw fail.Cause);
            Receive<Action<ITimerScheduler>>(run => run(Timers));
            ReceiveAny(message => log.Tell(message));
        }

        public ITimerScheduler Timers { get; set; } = null!;
    }

    private readonly IActorRef _clock;

    public TimersTests() => _clock = Sys.ActorOf(Props.Create(() => new Clock(TestActor)));

    private void Do(Action<ITimerScheduler> run)
    {
        _clock.Tell(run);
        ComeToRest();
    }

    private bool IsActive(object key)
    {
        var active = false;
        Do(timers => active = timers.IsTimerActive(key));
        return active;
    }

    [Fact]
    public void A_single_timer_fires_once_and_is_active_until_then()
    {
        Do(timers => timers.StartSingleTimer("key", "now", Seconds(10)));
        Assert.True(IsActive("key"));
        ExpectNoMsg(Seconds(9.999));
        Time.Advance(Seconds(0.001));
        ExpectMsg("now");
        Assert.False(IsActive("key"));
        ExpectNoMsg(Seconds(100));
    }

    [Fact]
    public void A_periodic_timer_fires_after_each_interval()
    {
        Do(timers => timers.StartPeriodicTimer("key", "tick", Seconds(10)));
        Time.Advance(Seconds(35));
        for (var i = 0; i < 3; i++) ExpectMsg("tick");
        ExpectNoMsg();
        Assert.True(IsActive("key"));
    }

    [Fact]
    public void A_periodic_timer_can_have_another_first_delay()
    {
        Do(timers => timers.StartPeriodicTimer("key", "tick", TimeSpan.Zero, Seconds(10)));
        ExpectMsg("tick");
        ExpectNoMsg(Seconds(9));
        Time.Advance(Seconds(1));
        ExpectMsg("tick");
    }

    [Fact]
    public void A_cancelled_timer_does_not_fire()
    {
        Do(timers =>
        {
            timers.StartSingleTimer("one", "one", Seconds(1));
            timers.StartSingleTimer("two", "two", Seconds(1));
            timers.StartPeriodicTimer("three", "three", Seconds(1));
            timers.Cancel("one");
        });
        Time.Advance(Seconds(1));
        ExpectMsg("two");
        ExpectMsg("three");
        Do(timers => timers.Cancel("three"));
        ExpectNoMsg(Seconds(10));
    }

    [Fact]
    public void A_cancelled_timers_message_that_waits_in_the_mailbox_is_dropped()
    {
        Do(timers =>
        {
            timers.StartSingleTimer("key", "too late", TimeSpan.Zero); // it is in the mailbox now
            timers.Cancel("key");
        });
        ExpectNoMsg();
    }

    [Fact]
    public void A_replaced_timers_message_that_waits_in_the_mailbox_is_dropped()
    {
        Do(timers =>
        {
            timers.StartSingleTimer("key", "old", TimeSpan.Zero);
            timers.StartSingleTimer("key", "new", TimeSpan.Zero);
        });
        ExpectMsg("new");
        ExpectNoMsg();
    }

    [Fact]
    public void Starting_a_key_again_replaces_its_timer()
    {
        Do(timers => timers.StartSingleTimer("key", "old", Seconds(1)));
        Do(timers => timers.StartSingleTimer("key", "new", Seconds(2)));
        ExpectNoMsg(Seconds(1.5));
        Time.Advance(Seconds(0.5));
        ExpectMsg("new");
    }

    [Fact]
    public void Timers_end_with_a_restart_even_if_their_message_waits_in_the_mailbox()
    {
        _clock.Tell((Action<ITimerScheduler>)(timers =>
        {
            timers.StartPeriodicTimer("key", "tick", TimeSpan.Zero, Seconds(1));
            throw new InvalidOperationException("restart me");
        }));
        ExpectNoMsg(Seconds(10));
        Assert.False(IsActive("key"));
        Assert.Equal(0, Time.TimerCount);
    }

    /// <summary>Starts its first timer with the same key in each life, so that both have the same generation.</summary>
    private sealed class Reborn : ReceiveActor, IWithTimers
    {
        public Reborn(IActorRef log)
        {
            Receive<int>(_ =>
            {
                Timers.StartSingleTimer("key", "of the old life", TimeSpan.Zero);
                throw new InvalidOperationException("restart me");
            });
            Receive<string>(text => log.Tell(text));
        }

        public ITimerScheduler Timers { get; set; } = null!;

        private protected override void PostRestart(Exception reason) => Timers.StartSingleTimer("key", "of the new life", Seconds(1));
    }

    [Fact]
    public void A_timer_of_the_instance_before_the_restart_is_not_taken_for_one_of_the_new_instance()
    {
        Sys.ActorOf(Props.Create(() => new Reborn(TestActor))).Tell(1);
        ExpectNoMsg();
        Time.Advance(Seconds(1));
        ExpectMsg("of the new life");
        ExpectNoMsg();
    }

    [Fact]
    public void Timers_end_with_their_actor()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(object));
        Do(timers => timers.StartPeriodicTimer("key", "tick", Seconds(1)));
        Sys.Stop(_clock);
        ExpectNoMsg(Seconds(10));
        Assert.Equal(0, Time.TimerCount);
    }

    [Fact]
    public void A_timers_delay_must_not_be_negative() =>
        Do(timers => Assert.Throws<ArgumentOutOfRangeException>(() => timers.StartSingleTimer("key", "no", Seconds(-1))));

    [Fact]
    public void The_scheduler_tells_once_after_the_delay_unless_called_off()
    {
        var probe = CreateTestProbe();
        Sys.Scheduler.ScheduleTellOnce(Seconds(2), TestActor, "later", probe.Ref);
        Sys.Scheduler.ScheduleTellOnceCancelable(Seconds(2), TestActor, "never", probe.Ref).Cancel();
        ExpectNoMsg(Seconds(1.9));
        Time.Advance(Seconds(1));
        ExpectMsg("later");
        Assert.Equal(probe.Ref, LastSender);
        ExpectNoMsg(Seconds(10));
    }
}
