using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.TestKit;
using Xunit;

namespace CacheMachine.Runtime.Tests.TestKit;

public sealed class TestKitTests : CacheMachine.Runtime.TestKit.TestKit
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(20);

    /// <summary>Counts down in steps of one second, through a task.</summary>
    private sealed class Countdown : ReceiveActor, IWithTimers
    {
        public Countdown(IActorRef log)
        {
            Receive<int>(left =>
            {
                log.Tell(left);
                if (left > 0) Task.FromResult($"{left - 1}").PipeTo(Self);
            });
            Receive<string>(left => Timers.StartSingleTimer("step", int.Parse(left, null), TimeSpan.FromSeconds(1)));
        }

        public ITimerScheduler Timers { get; set; } = null!;
    }

    [Fact]
    public void A_missing_message_fails() => Assert.Throws<AssertionException>(() => ExpectMsg<string>(s_short));

    [Fact]
    public void A_message_of_another_type_or_value_fails()
    {
        TestActor.Tell(1);
        Assert.Throws<AssertionException>(() => ExpectMsg<string>());
        TestActor.Tell("a");
        Assert.Throws<AssertionException>(() => ExpectMsg("b"));
        TestActor.Tell("a");
        Assert.Throws<AssertionException>(() => ExpectMsg<string>(text => text == "b"));
    }

    [Fact]
    public void An_unexpected_message_fails()
    {
        TestActor.Tell("surprise");
        Assert.Throws<AssertionException>(ExpectNoMsg);
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(1), TestActor, "later", ActorRefs.NoSender);
        Assert.Throws<AssertionException>(() => ExpectNoMsg(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Fishing_drops_what_is_not_wanted_and_ends()
    {
        foreach (var number in new[] { 1, 2, 3 }) TestActor.Tell(number);
        Assert.Equal(2, FishForMessage<int>(number => number == 2));
        ExpectMsg(3);
        TestActor.Tell(1);
        Assert.Throws<AssertionException>(() => FishForMessage<int>(number => number == 2, s_short));
    }

    [Fact]
    public void A_condition_that_never_holds_fails()
    {
        Assert.Throws<AssertionException>(() => AwaitCondition(() => false, s_short));
        var inner = Assert.Throws<AssertionException>(() => AwaitAssert(() => throw new InvalidOperationException("no"), s_short)).InnerException;
        Assert.IsType<InvalidOperationException>(inner);
        var tries = 0;
        AwaitAssert(() => Assert.Equal(3, ++tries));
    }

    [Fact]
    public void Probes_are_apart_and_reply_as_themselves()
    {
        var (one, two) = (CreateTestProbe("one"), CreateTestProbe("two"));
        one.Send(two.Ref, "hello");
        two.ExpectMsg("hello");
        two.Reply("hello yourself");
        one.ExpectMsg("hello yourself");
        Assert.Equal(two.Ref, one.Sender);
        ExpectNoMsg();
    }

    [Fact]
    public void Advancing_waits_for_what_actors_and_their_tasks_do_at_each_step()
    {
        Sys.ActorOf(Props.Create(() => new Countdown(TestActor))).Tell(100);
        Time.Advance(TimeSpan.FromSeconds(100));
        for (var left = 100; left >= 0; left--) ExpectMsg(left, s_short);
    }
}
