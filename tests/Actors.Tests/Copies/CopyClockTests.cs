using Akka.Cluster;
using Akka.DistributedData;
using CacheMachine.Actors.Copies;
using CacheMachine.Actors.Tests.Doubles;
using Xunit;

namespace CacheMachine.Actors.Tests.Copies;

public sealed class CopyClockTests
{
    private static readonly UniqueAddress Here = new(new Address("akka.tcp", "cachemachine", "10.0.0.1", 8081), 1), There = new(new Address("akka.tcp", "cachemachine", "10.0.0.2", 8081), 2);

    private static readonly LWWRegister<ReadCopy> Nothing = new(Here, ReadCopy.Gone(Facts.Start), 0L);

    [Fact]
    public void An_answer_after_a_later_event_wins_wherever_the_other_was_published_and_however_often()
    {
        var (old, later) = (Copy("old"), Copy("later"));
        var register = CopyClock.Next(Nothing, There, old, 7, isProvisional: false);
        for (var i = 0; i < 1000; i++)
            register = CopyClock.Next(register, There, Copy($"old {i}"), 7, isProvisional: false);
        // This replica has seen nothing of that.
        var mine = CopyClock.Next(Nothing, Here, later, 8, isProvisional: false);

        Assert.Same(later, register.Merge(mine).Value);
        Assert.Same(later, mine.Merge(register).Value);
    }

    [Fact]
    public void The_last_of_several_answers_after_the_same_event_wins()
    {
        var first = CopyClock.Next(Nothing, Here, Copy("first"), 7, isProvisional: false);
        var second = CopyClock.Next(first, Here, Copy("second"), 7, isProvisional: false);

        Assert.True(second.Timestamp > first.Timestamp);
        Assert.Same(second.Value, first.Merge(second).Value);
    }

    [Fact]
    public void What_an_owner_says_that_was_replaced_is_late()
    {
        var current = CopyClock.Next(Nothing, There, Copy("the new owner's"), 8, isProvisional: false);

        Assert.Same(current, CopyClock.Next(current, Here, Copy("the old owner's"), 7, isProvisional: false));
    }

    [Fact]
    public void A_provisional_answer_does_not_replace_another_but_says_more_than_nothing()
    {
        var current = CopyClock.Next(Nothing, Here, Copy("known"), 7, isProvisional: false);
        Assert.Same(current, CopyClock.Next(current, There, Copy("not listed yet"), 9, isProvisional: true));

        var provisional = CopyClock.Next(Nothing, Here, Copy("not listed yet"), 1, isProvisional: true);
        Assert.False(provisional.Value.IsGone);
        Assert.Same(provisional.Value, CopyClock.Next(provisional, Here, provisional.Value, 1, isProvisional: true).Value);
    }

    [Fact]
    public void What_is_gone_can_come_again()
    {
        var gone = CopyClock.Next(CopyClock.Next(Nothing, Here, Copy("was"), 7, false), Here, ReadCopy.Gone(Facts.Start), 8, false);
        Assert.True(gone.Value.IsGone);

        Assert.False(CopyClock.Next(gone, Here, Copy("is"), 9, true).Value.IsGone);
    }

    private static ReadCopy Copy(string text) => new(Facts.Start, 1, "text/1", System.Text.Encoding.UTF8.GetBytes(text));
}
