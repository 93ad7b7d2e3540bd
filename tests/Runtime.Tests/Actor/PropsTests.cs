using CacheMachine.Runtime.Actor;
using Xunit;

namespace CacheMachine.Runtime.Tests.Actor;

public sealed class PropsTests : ActorTest
{
    private static int s_evaluations;

    private sealed class Holder : ReceiveActor
    {
        public Holder(string? text, int? number, long last)
        {
            Receive<Fail>(fail => throw fail.Cause);
            ReceiveAny(_ => Sender.Tell((text, number, last)));
        }

        internal Holder(string text) : this(text, null, 0)
        {
        }
    }

    private static int Evaluate() => Interlocked.Increment(ref s_evaluations);

    private (string?, int?, long) ValuesOf(Props props) => Ask<(string?, int?, long)>(Sys.ActorOf(props), "?");

    [Fact]
    public void Arguments_find_their_constructor_public_or_not()
    {
        Assert.Equal((null, 1, 2L), ValuesOf(Props.Create<Holder>(null, 1, 2L)));
        Assert.Equal(("text", null, 0L), ValuesOf(Props.Create<Holder>("text")));
    }

    [Fact]
    public void An_expressions_arguments_are_evaluated_once_and_reused_after_a_restart()
    {
        var local = "local";
        var props = Props.Create(() => new Holder(local, Evaluate(), 3));
        local = "changed";
        var actor = Sys.ActorOf(props);
        actor.Tell(new Fail(new InvalidOperationException("restart me")));
        var values = Ask<(string?, int?, long)>(actor, "?");
        Assert.Equal(("local", s_evaluations, 3L), values);
        Assert.Equal(1, s_evaluations);
        Assert.Equal("changed", local);
    }

    [Fact]
    public void Only_a_constructor_call_is_taken()
    {
        Holder? made = null;
        Assert.Throws<ArgumentException>(() => Props.Create(() => made!));
    }
}
