using CacheMachine.Actors.RepoMen;
using CacheMachine.Actors.Tests.Doubles;
using CacheMachine.TestKit;
using Xunit;

namespace CacheMachine.Actors.Tests.RepoMen;

/// <summary>The test actor is the machine.</summary>
public sealed class RepoManActorTests : ActorTest
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1), Tick = TimeSpan.FromMilliseconds(1);
    private static readonly RepoManSettings Settings = new(Interval, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60));
    private static readonly RepoList A = new([Facts.Image("a:1")], []), B = new([Facts.Image("b:1")], []);

    private readonly ScriptedRepoMan _repoMan = new(Interval);

    [Fact]
    public void It_lists_at_once_and_tells_for_which_spec_and_place()
    {
        Start();
        Answer(A);
        ExpectMsg(new RepoManListed(5, 7, A));
    }

    [Fact]
    public void It_lists_again_after_the_interval_and_tells_even_what_is_the_same()
    {
        Start();
        foreach (var list in new[] { A, A, B })
        {
            Answer(list);
            ExpectMsg(new RepoManListed(5, 7, list));
            Wait(Interval);
        }
    }

    [Fact]
    public void It_does_not_list_while_a_listing_is_under_way()
    {
        Start();
        ExpectNoMsg(Interval * 10);
        Assert.Single(_repoMan.Listings);
    }

    [Fact]
    public void A_list_that_never_changes_is_asked_for_once()
    {
        var fixedList = new ScriptedRepoMan(null);
        Start(fixedList);
        fixedList.Listings.Single().Answer.SetResult(A);
        ExpectMsg(new RepoManListed(5, 7, A));
        ExpectNoMsg(TimeSpan.FromDays(2));
        Assert.Single(fixedList.Listings);
    }

    [Fact]
    public void A_failure_is_told_each_time_and_waited_out_twice_as_long_up_to_the_maximum()
    {
        Start();
        foreach (var seconds in new[] { 10, 20, 40, 60, 60 })
        {
            var wait = TimeSpan.FromSeconds(seconds);
            Fail(new PortException("list tags of x: 503"));
            var told = ExpectMsg<RepoManFailed>();
            Assert.Equal((5L, 7, "list tags of x: 503"), (told.Generation, told.Index, told.Error));
            Assert.InRange(told.RetryAt, Time.GetUtcNow() + wait, Time.GetUtcNow() + (wait * 1.1));
            Wait(wait);
        }
    }

    [Fact]
    public void A_success_ends_the_backing_off()
    {
        Start();
        Fail(new PortException("503"));
        ExpectMsg<RepoManFailed>();
        Wait(TimeSpan.FromSeconds(10));
        Answer(A);
        ExpectMsg<RepoManListed>();
        Wait(Interval);
        Fail(new PortException("503"));
        ExpectMsg<RepoManFailed>();
        Wait(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void The_log_has_a_line_when_trouble_begins_when_it_changes_and_when_it_is_over()
    {
        var log = CreateTestProbe();
        Sys.EventStream.Subscribe(log, typeof(LogEvent));
        Start();
        for (var i = 0; i < 4; i++)
            FailAndWait(new PortException($"503, request {i}") { Reason = "503", Detail = $"GET of {i}: 503" });
        AssertLine(LogLevel.WarningLevel, "GET of 0: 503");

        FailAndWait(new PortException("no such repository"));
        AssertLine(LogLevel.WarningLevel, "no such repository");
        FailAndWait(new PortException("no such repository"));
        AssertLine(null, "");

        Answer(A);
        AssertLine(LogLevel.InfoLevel, "lists images again");
        Time.Advance(Interval * 1.1);
        ComeToRest();
        Answer(A);
        AssertLine(null, "");

        Time.Advance(Interval * 1.1);
        ComeToRest();
        FailAndWait(new PortException("no such repository"));
        AssertLine(LogLevel.WarningLevel, "no such repository");

        void FailAndWait(Exception error)
        {
            Fail(error);
            Time.Advance(Settings.BackoffMax * 1.1);
            ComeToRest();
        }

        void AssertLine(LogLevel? level, string part)
        {
            var lines = new List<LogEvent>();
            while (log.HasMessages)
                lines.Add((LogEvent)log.ReceiveOne(TimeSpan.Zero));
            var ours = lines.Where(line => line.LogClass == typeof(RepoManActor)).ToList();
            Assert.Equal(level is null ? [] : new[] { level.Value }, ours.Select(line => line.LogLevel()));
            foreach (var message in ours.Select(line => (LogMessage)line.Message))
            {
                Assert.Contains(part, message.ToString(), StringComparison.Ordinal);
                Assert.StartsWith("Machine {Machine}: repository manager {Index} ({Source}) ", message.Format, StringComparison.Ordinal);
                Assert.Equal(new object[] { "lab", 7, "registry.example/lab" }, message.Parameters().Take(3));
            }
        }
    }

    [Fact]
    public void It_leaves_the_registry_alone_for_as_long_as_that_asks()
    {
        Start();
        Fail(new PortException("429", TimeSpan.FromMinutes(5)));
        ExpectMsg<RepoManFailed>();
        Wait(TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void An_error_of_another_kind_is_told_as_well()
    {
        Start();
        Fail(new InvalidOperationException("a list of no known kind"));
        Assert.Equal("a list of no known kind", ExpectMsg<RepoManFailed>().Error);
    }

    [Fact]
    public void A_refresh_lists_now_and_the_interval_begins_anew()
    {
        var repoMan = Start();
        Answer(A);
        ExpectMsg<RepoManListed>();
        Time.Advance(Interval / 2);
        Refresh(repoMan);
        Assert.Equal(2, _repoMan.Listings.Count);
        Refresh(repoMan);
        Assert.Equal(2, _repoMan.Listings.Count);

        Answer(B);
        ExpectMsg(new RepoManListed(5, 7, B));
        Wait(Interval);
    }

    [Fact]
    public void A_refresh_does_not_disturb_a_registry_that_asked_to_be_left_alone()
    {
        var repoMan = Start();
        Fail(new PortException("429", TimeSpan.FromMinutes(5)));
        ExpectMsg<RepoManFailed>();
        Refresh(repoMan);
        Assert.Single(_repoMan.Listings);
        Wait(TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void Its_end_gives_the_listing_up_and_a_late_list_is_not_told()
    {
        var repoMan = Start();
        var (answer, cancelled) = _repoMan.Listings.Single();
        Watch(repoMan);
        Sys.Stop(repoMan);
        ExpectTerminated(repoMan);

        Assert.True(cancelled.IsCancellationRequested);
        answer.SetResult(A);
        ExpectNoMsg(Interval * 2);
    }

    private IActorRef Start(ScriptedRepoMan? scripted = null)
    {
        var (repoMan, machine) = (scripted ?? _repoMan, TestActor);
        var actor = ActorOf(Props.Create(() => new RepoManActor("lab", 5, 7, repoMan, Settings, Time, machine)));
        ComeToRest();
        return actor;
    }

    private void Refresh(IActorRef repoMan)
    {
        repoMan.Tell(RefreshRepoMan.Instance, TestActor);
        ComeToRest();
    }

    private void Answer(RepoList list)
    {
        _repoMan.Listings.Last().Answer.SetResult(list);
        ComeToRest();
    }

    private void Fail(Exception error)
    {
        _repoMan.Listings.Last().Answer.SetException(error);
        ComeToRest();
    }

    /// <summary>The next listing begins after this time, up to a tenth later, and not before.</summary>
    private void Wait(TimeSpan time)
    {
        var before = _repoMan.Listings.Count;
        ExpectNoMsg(time - Tick);
        Assert.Equal(before, _repoMan.Listings.Count);
        Time.Advance((time * 0.1) + Tick);
        ComeToRest();
        Assert.Equal(before + 1, _repoMan.Listings.Count);
    }
}
