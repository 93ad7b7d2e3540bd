using CacheMachine.Runtime.Actor;
using Xunit;

namespace CacheMachine.Runtime.Tests.Actor;

public sealed class PipeToTests : ActorTest
{
    private static readonly InvalidOperationException s_cause = new("it failed");

    [Fact]
    public async Task The_result_is_told_when_there_is_one()
    {
        var source = new TaskCompletionSource<int>();
        var piped = source.Task.PipeTo(TestActor);
        ExpectNoMsg();
        source.SetResult(42);
        ExpectMsg(42);
        await piped;
    }

    [Fact]
    public async Task The_result_can_be_made_into_a_message_with_a_sender()
    {
        var probe = CreateTestProbe();
        await Task.FromResult(42).PipeTo(TestActor, probe.Ref, success: number => $"number {number}");
        ExpectMsg("number 42");
        Assert.Equal(probe.Ref, LastSender);
    }

    [Fact]
    public async Task A_failure_is_told_as_a_status()
    {
        await Task.FromException<int>(s_cause).PipeTo(TestActor);
        Assert.Same(s_cause, ExpectMsg<Status.Failure>().Cause);
    }

    [Fact]
    public async Task A_failure_can_be_made_into_a_message()
    {
        await Task.FromException<int>(s_cause).PipeTo(TestActor, failure: cause => cause.Message);
        ExpectMsg("it failed");
    }

    [Fact]
    public async Task A_cancellation_is_a_failure()
    {
        await Task.FromCanceled<int>(new CancellationToken(canceled: true)).PipeTo(TestActor);
        Assert.IsAssignableFrom<OperationCanceledException>(ExpectMsg<Status.Failure>().Cause);
    }

    [Fact]
    public async Task A_function_that_throws_is_a_failure()
    {
        await Task.FromResult(42).PipeTo(TestActor, success: _ => throw s_cause);
        Assert.Same(s_cause, ExpectMsg<Status.Failure>().Cause);
    }

    [Fact]
    public async Task A_result_of_null_is_a_failure_because_null_is_not_a_message()
    {
        await Task.FromResult<string?>(null).PipeTo(TestActor);
        Assert.IsType<InvalidMessageException>(ExpectMsg<Status.Failure>().Cause);
    }

    [Fact]
    public async Task A_task_without_a_result_tells_only_what_it_is_asked_to()
    {
        await Task.CompletedTask.PipeTo(TestActor);
        ExpectNoMsg();
        await Task.CompletedTask.PipeTo(TestActor, success: () => "done");
        ExpectMsg("done");
        await Task.FromException(s_cause).PipeTo(TestActor);
        Assert.Same(s_cause, ExpectMsg<Status.Failure>().Cause);
        await Task.FromException(s_cause).PipeTo(TestActor, failure: cause => cause.Message);
        ExpectMsg("it failed");
    }
}
