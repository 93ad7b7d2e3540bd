using System.Runtime.Serialization;
using CacheMachine.TestKit;
using Xunit;

namespace CacheMachine.Actors.Tests;

public sealed class JournalTroublesTests : ActorTest
{
    private readonly JournalTroubles _troubles;

    public JournalTroublesTests() => _troubles = new JournalTroubles(Time);

    [Fact]
    public void A_trouble_is_told_to_who_waits_and_logged_when_it_begins_changes_and_ends()
    {
        EventFilter.Warning(contains: "the database is away").ExpectOne(() => Refused("the database is away"));
        EventFilter.Warning().Expect(0, () =>
        {
            Refused("the database is away");
            _troubles.CannotRead(Log, "machine b", 3, new IOException("the database is away"), null);
        });
        Assert.Equal("the database is away", _troubles.Recent);
        EventFilter.Warning(contains: "it has too many clients").ExpectOne(() => Refused("it has too many clients"));

        Time.Advance(TimeSpan.FromSeconds(7));
        EventFilter.Info(contains: "works again after 7 s").ExpectOne(() => _troubles.HasWritten(Log));
        Assert.Null(_troubles.Recent);
        EventFilter.Info().Expect(0, () => _troubles.HasWritten(Log));
    }

    [Fact]
    public void A_journal_that_can_be_read_is_still_in_trouble_where_it_cannot_be_written()
    {
        Refused("the disk is full");
        _troubles.HasRead(Log);
        Assert.Equal("the disk is full", _troubles.Recent);

        _troubles.HasWritten(Log);
        _troubles.CannotRead(Log, "machine a", 0, new IOException("the database is away"), null);
        _troubles.HasRead(Log);
        Assert.Null(_troubles.Recent);
    }

    [Fact]
    public void A_trouble_that_nobody_has_had_for_a_while_is_not_told_any_more()
    {
        Refused("the database is away");
        Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(_troubles.Recent);
    }

    [Fact]
    public void An_event_that_is_not_understood_is_no_trouble_of_the_journal_and_is_logged_each_time()
    {
        for (var i = 0; i < 2; i++)
            EventFilter.Error(contains: "machine a past event 3").ExpectOne(() => _troubles.CannotRead(Log, "machine a", 3, new SerializationException("x/9"), null));
        EventFilter.Error(contains: "machine a past event 4").ExpectOne(() => _troubles.CannotRead(Log, "machine a", 4, new InvalidCastException(), new object()));
        Assert.Null(_troubles.Recent);
    }

    [Fact]
    public void The_words_are_those_of_the_store_and_of_nothing_between_it_and_us() => Assert.Equal(
        "Failed to connect: Connection refused",
        JournalTroubles.InWords(new AggregateException(new Akka.Pattern.OpenCircuitException(
            new IOException("Failed to connect", new IOException("Connection refused", new IOException("refused"))), TimeSpan.Zero))));

    private void Refused(string why) => Assert.Equal(why, _troubles.CannotWrite(Log, "machine a", new IOException(why)));
}
