using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Event;
using Xunit;

namespace CacheMachine.Runtime.Tests.Actor;

public sealed class AskTests : ActorTest
{
    [Fact]
    public async Task The_reply_is_the_result()
    {
        var answer = TestActor.Ask<int>("6 times 7");
        ExpectMsg("6 times 7");
        LastSender.Tell(42);
        Assert.Equal(42, await answer.WaitAsync(Seconds(5)));
    }

    [Fact]
    public async Task It_fails_when_there_is_no_reply_in_time_and_a_late_one_is_a_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var answer = TestActor.Ask<int>("anybody?", Seconds(3));
        ExpectMsg("anybody?");
        Time.Advance(Seconds(2.9));
        Assert.False(answer.IsCompleted);
        Time.Advance(Seconds(0.1));
        var failure = await Assert.ThrowsAsync<AskTimeoutException>(() => answer.WaitAsync(Seconds(5)));
        Assert.Contains("00:00:03", failure.Message, StringComparison.Ordinal);
        LastSender.Tell(42);
        Assert.Equal(42, ExpectMsg<DeadLetter>().Message);
    }

    [Fact]
    public async Task The_question_is_not_kept_when_it_is_answered()
    {
        var (question, answer) = AskAndAnswer();
        Assert.Equal(1, await answer.WaitAsync(Seconds(5)));
        AwaitCondition(() =>
        {
            GC.Collect();
            return !question.TryGetTarget(out _);
        });
        AwaitCondition(() => Time.TimerCount == 0);
    }

    private sealed class Answering : ReceiveActor
    {
        public Answering() => ReceiveAny(_ => Sender.Tell(1));
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private (WeakReference<object> Question, Task<int> Answer) AskAndAnswer()
    {
        var question = new object();
        return (new WeakReference<object>(question), Sys.ActorOf(Props.Create<Answering>()).Ask<int>(question, Seconds(1000)));
    }

    [Fact]
    public async Task A_Status_Failure_fails_it_with_the_cause()
    {
        var answer = TestActor.Ask<int>("work?");
        ExpectMsg("work?");
        var cause = new InvalidOperationException("it does not");
        LastSender.Tell(new Status.Failure(cause));
        Assert.Same(cause, await Assert.ThrowsAsync<InvalidOperationException>(() => answer.WaitAsync(Seconds(5))));
    }

    [Fact]
    public async Task A_reply_of_another_type_fails_it_and_names_both()
    {
        var answer = TestActor.Ask<int>("number?");
        ExpectMsg("number?");
        LastSender.Tell("word");
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => answer.WaitAsync(Seconds(5)));
        Assert.Contains("System.String", failure.Message, StringComparison.Ordinal);
        Assert.Contains("System.Int32", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        var answer = TestActor.Ask<int>("well?", Seconds(3), source.Token);
        ExpectMsg("well?");
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer.WaitAsync(Seconds(5)));
        Time.Advance(Seconds(5));
        Assert.True(answer.IsCanceled);
    }

    [Fact]
    public async Task A_dead_actor_does_not_answer()
    {
        var actor = Watch(Sys.ActorOf(Props.Create<Answering>()));
        Sys.Stop(actor);
        ExpectTerminated(actor);
        var answer = actor.Ask<int>("still there?", Seconds(1));
        Time.Advance(Seconds(1));
        await Assert.ThrowsAsync<AskTimeoutException>(() => answer.WaitAsync(Seconds(5)));
    }

    [Fact]
    public void Nobody_cannot_be_asked() => Assert.Throws<ArgumentException>(() => { _ = ActorRefs.Nobody.Ask<int>("?"); });

    [Fact]
    public async Task The_one_who_asks_can_be_watched_until_it_has_its_answer()
    {
        var answer = TestActor.Ask<int>("?");
        ExpectMsg("?");
        var asking = LastSender;
        Watch(asking);
        ExpectNoMsg();
        asking.Tell(1);
        ExpectTerminated(asking);
        Assert.Equal(1, await answer);
    }
}
