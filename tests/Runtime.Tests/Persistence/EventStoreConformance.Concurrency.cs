using CacheMachine.Runtime.Persistence;
using Xunit;

namespace CacheMachine.Runtime.Tests.Persistence;

public abstract partial class EventStoreConformance
{
    [Fact]
    public async Task Many_writers_at_once_each_get_their_own_log_right()
    {
        const int Writers = 50, Batches = 10;

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            for (var batch = 0; batch < Batches; batch++)
                Assert.IsType<AppendResult.Stored>(await Journal.AppendAsync($"w{writer}", Entries(batch * 2 + 1, batch * 2 + 2)));
        }));

        for (var writer = 0; writer < Writers; writer++)
            Assert.Equal(Enumerable.Range(1, Batches * 2).Select(nr => (long)nr), await NumbersAsync(Journal, $"w{writer}"));
    }

    [Fact]
    public async Task Of_many_writers_of_one_number_exactly_one_wins()
    {
        for (var nr = 1; nr <= 10; nr++)
        {
            var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(writer => Task.Run(() => Journal.AppendAsync("a", [Entry(nr, $"writer {writer}")]))));

            var winner = Array.FindIndex(results, result => result is AppendResult.Stored);
            Assert.Single(results, result => result is AppendResult.Stored);
            Assert.Equal(19, results.Count(result => result == new AppendResult.Conflict(nr, nr)));
            Assert.Equal($"writer {winner}", Text((await Journal.ReadAsync("a", nr, nr, 1))[0].Payload));
        }
    }

    [Fact]
    public async Task A_conflict_does_not_harm_the_appends_that_share_its_transaction()
    {
        await Journal.AppendAsync("taken", [Entry(1)]);

        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => i % 2 == 0 ? Journal.AppendAsync("taken", [Entry(1)]) : Journal.AppendAsync($"free{i}", [Entry(1)])));

        for (var i = 0; i < results.Length; i++)
            Assert.Equal(i % 2 == 0 ? new AppendResult.Conflict(1, 1) : AppendResult.Stored.Instance, results[i]);
    }

    [Fact]
    public async Task Appends_of_one_caller_are_stored_in_the_order_of_its_calls_without_waiting()
    {
        var results = await Task.WhenAll(Enumerable.Range(1, 200).Select(nr => Journal.AppendAsync("a", [Entry(nr)])));

        Assert.All(results, result => Assert.IsType<AppendResult.Stored>(result));
        Assert.Equal(200, await Journal.HighestSequenceNrAsync("a"));
    }

    [Fact]
    public async Task An_append_is_visible_to_every_read_that_begins_after_its_answer()
    {
        for (var nr = 1; nr <= 100; nr++)
        {
            await Journal.AppendAsync("a", [Entry(nr)]);
            Assert.Equal(nr, await Journal.HighestSequenceNrAsync("a"));
        }
    }

    [Fact]
    public async Task A_request_that_was_cancelled_before_it_began_stores_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Journal.AppendAsync("a", [Entry(1)], cancelled.Token));

        Assert.Equal(0, await Journal.HighestSequenceNrAsync("a"));
    }
}
