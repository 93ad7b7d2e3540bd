using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Event;
using CacheMachine.Runtime.Pattern;
using Xunit;

namespace CacheMachine.Runtime.Tests.Actor;

public sealed class BackoffTests : ActorTest
{
    private static readonly Fail s_boom = new(new InvalidOperationException("boom"));

    /// <summary>Makes the child stop by itself: a PoisonPill for the supervisor would stop the supervisor.</summary>
    private static readonly NewChild s_end = new(Props.Create<Assassin>());

    /// <summary>Reports to its parent what it gets as a <see cref="char"/>.</summary>
    private sealed class Talking : Worker
    {
        public Talking(IActorRef log) : base(log) => Receive<char>(letter => Context.Parent.Tell(letter));
    }

    private IActorRef Start(int maxNrOfRetries = -1, double randomFactor = 0)
    {
        var child = Props.Create(() => new Talking(TestActor));
        var options = Backoff.OnStop(child, "child", Seconds(1), Seconds(5), randomFactor, maxNrOfRetries);
        var supervisor = Sys.ActorOf(BackoffSupervisor.Props(options), "supervisor");
        ExpectMsg("PreStart child");
        return supervisor;
    }

    /// <summary>The child starts after this delay and not before.</summary>
    private void ExpectStartAfter(double seconds)
    {
        ExpectNoMsg(Seconds(seconds - 0.001));
        Time.Advance(Seconds(0.001));
        ExpectMsg("PreStart child");
    }

    [Fact]
    public void Messages_are_forwarded_to_the_child_with_their_sender()
    {
        var supervisor = Start();
        supervisor.Tell("work", TestActor);
        ExpectMsg("work");
        Assert.Equal(1, Ask<int>(supervisor, new GetCount()));
    }

    [Fact]
    public void The_delay_doubles_up_to_the_maximum_when_the_child_stops()
    {
        var supervisor = Start();
        foreach (var delay in new[] { 1.0, 2, 4, 5, 5 })
        {
            supervisor.Tell(s_end);
            ExpectMsg("PostStop child");
            ExpectStartAfter(delay);
        }
    }

    private sealed class Assassin : ReceiveActor
    {
        protected override void PreStart() => Context.Parent.Tell(PoisonPill.Instance);
    }

    [Fact]
    public void A_child_that_runs_for_a_while_resets_the_delay()
    {
        var supervisor = Start();
        supervisor.Tell(s_end);
        ExpectMsg("PostStop child");
        ExpectStartAfter(1);
        ExpectNoMsg(Seconds(1)); // as long as the first delay
        supervisor.Tell(s_end);
        ExpectMsg("PostStop child");
        ExpectStartAfter(1);
    }

    [Fact]
    public void While_it_backs_off_messages_are_dead_letters()
    {
        var supervisor = Start();
        supervisor.Tell(s_end);
        ExpectMsg("PostStop child");
        ComeToRest();
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        supervisor.Tell("anybody?", TestActor);
        var letter = ExpectMsg<DeadLetter>();
        Assert.Equal(("anybody?", TestActor), (letter.Message, letter.Sender));
    }

    [Fact]
    public void After_too_many_retries_the_supervisor_stops()
    {
        var supervisor = Start(maxNrOfRetries: 1);
        Watch(supervisor);
        supervisor.Tell(s_end);
        ExpectMsg("PostStop child");
        ExpectStartAfter(1);
        supervisor.Tell(s_end);
        ExpectMsg("PostStop child");
        ExpectTerminated(supervisor);
    }

    [Fact]
    public void OnStop_leaves_failures_to_the_default_decider()
    {
        var supervisor = Start();
        supervisor.Tell(s_boom);
        ExpectMsg("PreRestart child boom Fail");
        ExpectMsg("PostStop child");
        ExpectMsg("PostRestart child boom");
        ExpectMsg("PreStart child");
    }

    [Fact]
    public void What_the_child_tells_its_parent_goes_to_the_supervisors_parent_from_the_supervisor()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        var supervisor = Start();
        supervisor.Tell('x');
        var atTheGuardian = ExpectMsg<UnhandledMessage>();
        Assert.Equal(('x', supervisor), (atTheGuardian.Message, atTheGuardian.Sender));
    }

    [Fact]
    public void The_random_factor_lengthens_the_delay_within_its_bound()
    {
        var options = Backoff.OnStop(Props.Create<Runner>(), "child", Seconds(1), Seconds(5), 0.2, -1);
        var delays = Enumerable.Range(0, 200).Select(_ => options.Delay(1)).ToList();
        Assert.All(delays, delay => Assert.InRange(delay, Seconds(2), Seconds(2.4)));
        Assert.True(delays.Distinct().Count() > 100);
        Assert.Equal(Seconds(5), options.Delay(1000));
    }

    [Theory]
    [InlineData(0, 5, 0)]
    [InlineData(2, 1, 0)]
    [InlineData(1, 5, -0.1)]
    [InlineData(1, 5, 1.1)]
    public void Options_out_of_bounds_are_refused(double min, double max, double randomFactor) => Assert.Throws<ArgumentOutOfRangeException>(
        () => Backoff.OnStop(Props.Create<Runner>(), "child", Seconds(min), Seconds(max), randomFactor, -1));
}
