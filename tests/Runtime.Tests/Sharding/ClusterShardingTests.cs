using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Event;
using CacheMachine.Runtime.Sharding;
using CacheMachine.Runtime.TestKit;
using Xunit;
using Echo = CacheMachine.Runtime.Tests.Sharding.EchoEntity.Echo;

namespace CacheMachine.Runtime.Tests.Sharding;

public sealed class ClusterShardingTests : Runtime.TestKit.TestKit
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private readonly TestProbe _observer;

    public ClusterShardingTests() => _observer = CreateTestProbe("observer");

    private IActorRef StartRegion(int sleepAfter = int.MaxValue, ClusterShardingSettings? settings = null) => ClusterSharding.Get(Sys).Start(
        "echo", id => Props.Create<EchoEntity>(id, _observer.Ref, sleepAfter), settings ?? new ClusterShardingSettings(), new TestExtractor(4));

    private Echo ExpectEcho(string id, object message)
    {
        var echo = ExpectMsg<Echo>(s_patience);
        Assert.Equal((id, message), (echo.Id, echo.Message));
        return echo;
    }

    [Fact]
    public void Messages_of_one_sender_to_one_entity_arrive_in_order_with_their_sender()
    {
        var region = StartRegion();

        for (var i = 0; i < 1000; i++)
            region.Tell(new To("a", i), TestActor);

        var incarnation = ExpectEcho("a", 0).Incarnation;
        for (var i = 1; i < 1000; i++)
            Assert.Equal(incarnation, ExpectEcho("a", i).Incarnation);
    }

    [Fact]
    public void Entities_are_independent_of_each_other()
    {
        var region = StartRegion();
        region.Tell(new To("a", 1), TestActor);
        region.Tell(new To("b", 1), TestActor);
        var incarnations = new[] { ExpectMsg<Echo>(), ExpectMsg<Echo>() }.ToDictionary(echo => echo.Id, echo => echo.Incarnation);

        region.Tell(new To("a", "stop"), TestActor);
        _observer.ExpectMsg("stopped", s_patience);
        region.Tell(new To("b", 2), TestActor);

        Assert.Equal(incarnations["b"], ExpectEcho("b", 2).Incarnation);
    }

    [Fact]
    public void The_replies_of_an_entity_come_from_the_entity_which_is_found_under_its_shard()
    {
        var region = StartRegion();

        region.Tell(new To("odd/näme #1", 1), TestActor);

        ExpectEcho("odd/näme #1", 1);
        Assert.Equal("odd/näme #1", Uri.UnescapeDataString(LastSender.Path.Name));
        Assert.Equal(new TestExtractor(4).ShardId("odd/näme #1"), LastSender.Path.Parent.Name);
        Assert.Equal(region.Path, LastSender.Path.Parent.Parent);
    }

    [Fact]
    public void An_entity_that_has_stopped_is_started_again_by_the_next_message()
    {
        var region = StartRegion();
        region.Tell(new To("a", 1), TestActor);
        var first = ExpectEcho("a", 1).Incarnation;

        region.Tell(new To("a", "stop"), TestActor);
        _observer.ExpectMsg("stopped", s_patience);
        ComeToRest();
        region.Tell(new To("a", 2), TestActor);

        Assert.NotEqual(first, ExpectEcho("a", 2).Incarnation);
    }

    [Fact]
    public void An_entity_that_fails_is_restarted_and_keeps_its_messages()
    {
        var region = StartRegion();
        region.Tell(new To("a", "fail"), TestActor);
        region.Tell(new To("a", 1), TestActor);
        region.Tell(new To("a", 2), TestActor);

        ExpectEcho("a", 1);
        ExpectEcho("a", 2);
    }

    [Fact]
    public void Passivation_under_constant_load_loses_no_message_and_keeps_the_order()
    {
        const int Messages = 5000;
        var region = StartRegion(sleepAfter: 7);
        var letters = CreateTestProbe("letters");
        Sys.EventStream.Subscribe(letters.Ref, typeof(DeadLetter));

        for (var i = 0; i < Messages; i++)
            region.Tell(new To(i % 2 == 0 ? "a" : "b", i), TestActor);

        var incarnations = new HashSet<int>();
        var next = new Dictionary<string, int> { ["a"] = 0, ["b"] = 1 };
        for (var i = 0; i < Messages; i++)
        {
            var echo = ExpectMsg<Echo>(s_patience);
            Assert.Equal(next[echo.Id], echo.Message);
            next[echo.Id] += 2;
            incarnations.Add(echo.Incarnation);
        }
        Assert.InRange(incarnations.Count, 3, Messages);
        ComeToRest();
        letters.ExpectNoMsg();
    }

    [Fact]
    public void What_comes_while_an_entity_stops_goes_to_the_next_incarnation()
    {
        var region = StartRegion();
        region.Tell(new To("a", 1), TestActor);
        var first = ExpectEcho("a", 1).Incarnation;

        // The entity echoes its stop message instead of stopping, so it is on its way for as long as the test wants.
        region.Tell(new To("a", new Passivate("going")), TestActor);
        ComeToRest();
        region.Tell(new To("a", 2), TestActor);
        region.Tell(new To("a", 3), TestActor);
        region.Tell(new To("a", new Passivate("again")), TestActor);
        ExpectNoMsg();
        Sys.Stop(LastSender);

        Assert.NotEqual(first, ExpectEcho("a", 2).Incarnation);
        ExpectEcho("a", 3);
    }

    [Fact]
    public void A_sleeping_entity_that_nobody_wants_stays_asleep()
    {
        var region = StartRegion(sleepAfter: 1);
        region.Tell(new To("a", 1), TestActor);
        ExpectEcho("a", 1);

        _observer.ExpectMsg("stopped", s_patience);
        _observer.ExpectNoMsg();
    }

    [Fact]
    public void A_full_buffer_sends_what_is_too_much_to_dead_letters()
    {
        var region = StartRegion(settings: new ClusterShardingSettings { BufferSize = 2 });
        var letters = CreateTestProbe("letters");
        Sys.EventStream.Subscribe(letters.Ref, typeof(DeadLetter));
        region.Tell(new To("a", 1), TestActor);
        ExpectEcho("a", 1);

        region.Tell(new To("a", new Passivate("going")), TestActor);
        ComeToRest();
        for (var i = 2; i <= 4; i++)
            region.Tell(new To("a", i), TestActor);

        Assert.Equal(4, letters.ExpectMsg<DeadLetter>(s_patience).Message);
        Sys.Stop(LastSender);
        ExpectEcho("a", 2);
        ExpectEcho("a", 3);
        region.Tell(new To("a", 5), TestActor);
        ExpectEcho("a", 5);
    }

    [Theory]
    [InlineData("for nobody")]
    [InlineData(null)]
    public void A_message_for_no_entity_is_unhandled(string? text)
    {
        var region = StartRegion();
        var unhandled = CreateTestProbe("unhandled");
        Sys.EventStream.Subscribe(unhandled.Ref, typeof(UnhandledMessage));
        object message = text is null ? new To("", 1) : text;

        region.Tell(message, TestActor);

        Assert.Equal(message, unhandled.ExpectMsg<UnhandledMessage>(s_patience).Message);
    }

    [Fact]
    public void A_type_is_started_once_and_found_by_its_name()
    {
        var region = StartRegion();

        Assert.Equal(region, StartRegion());
        Assert.Equal(region, ClusterSharding.Get(Sys).ShardRegion("echo"));
        Assert.Throws<ArgumentException>(() => ClusterSharding.Get(Sys).ShardRegion("other"));
    }
}
