using CacheMachine.Runtime.Persistence;
using Xunit;

namespace CacheMachine.Runtime.Tests.Persistence;

/// <summary>What a database must do beside <see cref="EventStoreConformance"/> when several stores, as of several processes, use it at once.</summary>
public abstract class SharedEventStoreConformance : EventStoreConformance
{
    /// <summary>Another store on the database that was opened last.</summary>
    protected abstract Task<IEventStore> OpenAgainAsync();

    [Fact]
    public async Task Writers_of_two_stores_are_fenced_by_the_sequence_number()
    {
        await using var other = await OpenAgainAsync();
        await Journal.AppendAsync("a", Entries(1, 2));

        Assert.Equal(new AppendResult.Conflict(2, 2), await other.Journal.AppendAsync("a", [Entry(2)]));
        Assert.IsType<AppendResult.Stored>(await other.Journal.AppendAsync("a", [Entry(3)]));
        Assert.Equal(new AppendResult.Conflict(3, 3), await Journal.AppendAsync("a", [Entry(3)]));
        Assert.Equal([1, 2, 3], await NumbersAsync(Journal, "a"));
    }

    [Fact]
    public async Task Of_two_stores_that_race_for_each_number_exactly_one_gets_it()
    {
        await using var other = await OpenAgainAsync();

        for (var nr = 1; nr <= 30; nr++)
        {
            var results = await Task.WhenAll(Journal.AppendAsync("a", [Entry(nr, "one")]), other.Journal.AppendAsync("a", [Entry(nr, "other")]));

            Assert.Single(results, result => result is AppendResult.Stored);
            Assert.Single(results, result => result == new AppendResult.Conflict(nr, nr));
            Assert.Equal(results[0] is AppendResult.Stored ? "one" : "other", Text((await Journal.ReadAsync("a", nr, nr, 1))[0].Payload));
        }
    }

    [Fact]
    public async Task Batches_of_two_stores_that_overlap_never_mix()
    {
        await using var other = await OpenAgainAsync();

        for (var round = 0; round < 20; round++)
        {
            var from = await Journal.HighestSequenceNrAsync("a") + 1;
            var results = await Task.WhenAll(
                Journal.AppendAsync("a", [Entry(from, "one"), Entry(from + 1, "one"), Entry(from + 2, "one")]),
                other.Journal.AppendAsync("a", [Entry(from + 1, "other"), Entry(from + 2, "other")]));

            // The second may come whole after a first that was quicker by all its numbers, never in the midst of it.
            Assert.Contains(results, result => result is AppendResult.Stored);
            var written = (await Journal.ReadAsync("a", from, long.MaxValue, 10)).Select(entry => Text(entry.Payload)).ToList();
            Assert.Equal(results[0] is AppendResult.Stored ? ["one", "one", "one"] : ["other", "other"], written);
        }
    }
}
