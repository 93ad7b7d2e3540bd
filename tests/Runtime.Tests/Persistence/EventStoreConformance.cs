using System.Text;
using CacheMachine.Runtime.Persistence;
using Xunit;

namespace CacheMachine.Runtime.Tests.Persistence;

/// <summary>What every database must do that holds the journal and the snapshots. Each implementation runs this whole suite.</summary>
public abstract partial class EventStoreConformance : IAsyncLifetime
{
    /// <summary>100 ns is the resolution of what is stored.</summary>
    protected static readonly DateTimeOffset Created = new DateTimeOffset(2025, 3, 1, 12, 30, 0, TimeSpan.Zero).AddTicks(7);

    protected IEventStore Store { get; private set; } = null!;

    protected IJournal Journal => Store.Journal;

    /// <summary>Opens a new, empty database.</summary>
    protected abstract Task<IEventStore> OpenAsync();

    public async Task InitializeAsync() => Store = await OpenAsync();

    public async Task DisposeAsync()
    {
        await Store.DisposeAsync();
        await CleanUpAsync();
    }

    protected virtual Task CleanUpAsync() => Task.CompletedTask;

    protected static JournalEntry Entry(long nr, string text = "", string manifest = "m-v1") =>
        new(nr, new SerializedPayload(117, manifest, Encoding.UTF8.GetBytes(text)), Created);

    protected static JournalEntry[] Entries(long from, long to) =>
        [.. Enumerable.Range(0, (int)(to - from + 1)).Select(i => Entry(from + i, $"event {from + i}"))];

    protected static string Text(SerializedPayload payload) => Encoding.UTF8.GetString(payload.Bytes.Span);

    protected static async Task<IEnumerable<long>> NumbersAsync(IJournal journal, string id, long from = 1, long to = long.MaxValue, int max = 1000) =>
        (await journal.ReadAsync(id, from, to, max)).Select(entry => entry.SequenceNr);

    [Fact]
    public async Task What_was_appended_is_read_back_in_order_with_every_field()
    {
        Assert.IsType<AppendResult.Stored>(await Journal.AppendAsync("a", [Entry(1, "one", "x-v1"), Entry(2, "two", "y-v2")]));
        Assert.IsType<AppendResult.Stored>(await Journal.AppendAsync("a", [Entry(3, "three")]));

        var read = await Journal.ReadAsync("a", 1, long.MaxValue, 100);

        Assert.Equal([1, 2, 3], read.Select(entry => entry.SequenceNr));
        Assert.Equal(["one", "two", "three"], read.Select(entry => Text(entry.Payload)));
        Assert.Equal(["x-v1", "y-v2", "m-v1"], read.Select(entry => entry.Payload.Manifest));
        Assert.All(read, entry => Assert.Equal(117, entry.Payload.Identifier));
        Assert.All(read, entry => Assert.Equal(Created, entry.Created));
    }

    [Fact]
    public async Task A_log_that_nobody_wrote_is_empty_at_number_0()
    {
        Assert.Empty(await Journal.ReadAsync("nobody", 1, long.MaxValue, 10));
        Assert.Equal(0, await Journal.HighestSequenceNrAsync("nobody"));
    }

    [Fact]
    public async Task A_taken_sequence_number_is_a_conflict_and_nothing_of_the_batch_is_stored()
    {
        await Journal.AppendAsync("a", Entries(1, 3));

        var result = await Journal.AppendAsync("a", [Entry(3, "late"), Entry(4, "late")]);

        Assert.Equal(new AppendResult.Conflict(3, 3), result);
        var read = await Journal.ReadAsync("a", 1, long.MaxValue, 10);
        Assert.Equal(["event 1", "event 2", "event 3"], read.Select(entry => Text(entry.Payload)));
    }

    [Fact]
    public async Task A_number_that_was_deleted_stays_taken()
    {
        await Journal.AppendAsync("a", Entries(1, 5));
        await Journal.DeleteToAsync("a", 5);

        Assert.Equal(new AppendResult.Conflict(2, 5), await Journal.AppendAsync("a", [Entry(2)]));
        Assert.IsType<AppendResult.Stored>(await Journal.AppendAsync("a", [Entry(6)]));
    }

    [Fact]
    public async Task Numbers_may_leave_gaps_as_rejected_events_do()
    {
        await Journal.AppendAsync("a", [Entry(1), Entry(3)]);
        await Journal.AppendAsync("a", [Entry(7)]);

        Assert.Equal([1, 3, 7], await NumbersAsync(Journal, "a"));
        Assert.Equal(7, await Journal.HighestSequenceNrAsync("a"));
    }

    [Fact]
    public async Task A_batch_that_does_not_rise_or_is_empty_is_refused_as_a_programming_error()
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Journal.AppendAsync("a", []));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Journal.AppendAsync("a", [Entry(2), Entry(2)]));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Journal.AppendAsync("a", [Entry(0)]));
        Assert.Equal(0, await Journal.HighestSequenceNrAsync("a"));
    }

    [Fact]
    public async Task A_range_is_inclusive_on_both_sides_and_limited_by_its_maximum()
    {
        await Journal.AppendAsync("a", Entries(1, 10));

        Assert.Equal([4, 5, 6], await NumbersAsync(Journal, "a", 4, 6));
        Assert.Equal([4, 5], await NumbersAsync(Journal, "a", 4, 10, 2));
        Assert.Equal([10], await NumbersAsync(Journal, "a", 10));
        Assert.Empty(await NumbersAsync(Journal, "a", 11));
        Assert.Empty(await NumbersAsync(Journal, "a", 6, 4));
    }

    [Fact]
    public async Task Logs_do_not_see_each_other()
    {
        await Journal.AppendAsync("a", Entries(1, 3));
        await Journal.AppendAsync("b", Entries(1, 2));
        await Journal.DeleteToAsync("a", 3);

        Assert.Equal([1, 2], await NumbersAsync(Journal, "b"));
        Assert.Equal(2, await Journal.HighestSequenceNrAsync("b"));
    }

    [Fact]
    public async Task Deletion_up_to_a_number_leaves_what_is_above_it()
    {
        await Journal.AppendAsync("a", Entries(1, 10));

        await Journal.DeleteToAsync("a", 4);
        Assert.Equal([5, 6, 7, 8, 9, 10], await NumbersAsync(Journal, "a"));

        await Journal.DeleteToAsync("a", 4);
        await Journal.DeleteToAsync("a", 8);
        Assert.Equal([9, 10], await NumbersAsync(Journal, "a"));
        await Journal.DeleteToAsync("nobody", 8);
    }

    [Fact]
    public async Task The_highest_number_is_known_after_everything_was_deleted()
    {
        await Journal.AppendAsync("a", Entries(1, 10));

        await Journal.DeleteToAsync("a", long.MaxValue);

        Assert.Empty(await NumbersAsync(Journal, "a"));
        Assert.Equal(10, await Journal.HighestSequenceNrAsync("a"));
        await Journal.AppendAsync("a", [Entry(11)]);
        Assert.Equal([11], await NumbersAsync(Journal, "a"));
    }

    [Fact]
    public async Task Payloads_of_a_megabyte_and_of_nothing_come_back_unchanged()
    {
        var large = new string('x', 1 << 20);
        await Journal.AppendAsync("a", [Entry(1, large), Entry(2, "")]);
        await Store.Snapshots.SaveAsync(new SnapshotMetadata("a", 2, Created.UtcDateTime), Entry(0, large).Payload);

        var read = await Journal.ReadAsync("a", 1, long.MaxValue, 10);

        Assert.Equal(large, Text(read[0].Payload));
        Assert.Equal("", Text(read[1].Payload));
        Assert.Equal(large, Text((await Store.Snapshots.LoadLatestAsync("a", SnapshotSelectionCriteria.Latest))!.Payload));
    }

    [Fact]
    public async Task A_payload_of_8_megabytes_comes_back_unchanged_also_beside_others()
    {
        var bytes = new byte[8 << 20];
        new Random(1).NextBytes(bytes);
        var large = new JournalEntry(2, new SerializedPayload(117, "m-v1", bytes), Created);

        Assert.IsType<AppendResult.Stored>(await Journal.AppendAsync("a", [Entry(1), large, Entry(3)]));
        await Store.Snapshots.SaveAsync(new SnapshotMetadata("a", 3, Created.UtcDateTime), large.Payload);

        var page = await Journal.ReadAsync("a", 2, 2, 10);
        var snapshot = await Store.Snapshots.LoadLatestAsync("a", SnapshotSelectionCriteria.Latest);
        Assert.True(Assert.Single(page).Payload.Bytes.Span.SequenceEqual(bytes));
        Assert.True(snapshot!.Payload.Bytes.Span.SequenceEqual(bytes));
        Assert.Equal([3], await NumbersAsync(Journal, "a", 3));
    }

    [Fact]
    public async Task A_log_that_is_compacted_again_and_again_goes_on_at_its_number()
    {
        for (var nr = 1; nr <= 60; nr++)
        {
            Assert.IsType<AppendResult.Stored>(await Journal.AppendAsync("a", [Entry(nr)]));
            if (nr % 10 == 0)
                await Journal.DeleteToAsync("a", nr - 5);
        }

        Assert.Equal([56, 57, 58, 59, 60], await NumbersAsync(Journal, "a"));
        Assert.Equal(new AppendResult.Conflict(55, 60), await Journal.AppendAsync("a", [Entry(55)]));
    }

    [Fact]
    public async Task A_long_log_of_large_payloads_comes_in_pages_that_miss_nothing()
    {
        var large = new string('x', 1 << 20);
        for (var nr = 1; nr <= 12; nr++)
            await Journal.AppendAsync("a", [Entry(nr, large)]);

        var numbers = new List<long>();
        var pages = 0;
        for (var page = await Journal.ReadAsync("a", 1, long.MaxValue, 100); page.Count > 0; page = await Journal.ReadAsync("a", numbers[^1] + 1, long.MaxValue, 100))
        {
            numbers.AddRange(page.Select(entry => entry.SequenceNr));
            pages++;
        }

        Assert.Equal(Enumerable.Range(1, 12).Select(nr => (long)nr), numbers);
        Assert.InRange(pages, 2, 12);
    }

    [Theory]
    [InlineData("simple")]
    [InlineData("it's \"quoted\"; DROP TABLE journal; --")]
    [InlineData("Ümläut-日本語-🐳")]
    [InlineData("per%cent_under*star?")]
    [InlineData("back\\slash/and\nnewline\ttab")]
    [InlineData(" leading and trailing ")]
    [InlineData("$1 :name @p {0} \u0001 \u200b")]
    [InlineData("e\u0301 is not \u00e9")]
    public async Task Odd_names_are_names(string id)
    {
        await Journal.AppendAsync(id, [Entry(1, id, id)]);
        await Store.Snapshots.SaveAsync(new SnapshotMetadata(id, 1, Created.UtcDateTime), Entry(0, id, id).Payload);

        var entry = Assert.Single(await Journal.ReadAsync(id, 1, 1, 1));
        Assert.Equal(id, Text(entry.Payload));
        Assert.Equal(id, entry.Payload.Manifest);
        Assert.Equal(id, (await Store.Snapshots.LoadLatestAsync(id, SnapshotSelectionCriteria.Latest))!.Metadata.PersistenceId);
        Assert.Equal(0, await Journal.HighestSequenceNrAsync(id.Trim() == id ? id.ToUpperInvariant() + "x" : id.Trim()));
    }

    [Fact]
    public async Task Names_up_to_the_width_of_the_column_are_stored_and_longer_ones_rejected_in_words()
    {
        var longest = new string('ü', JournalLimits.PersistenceIdLength);
        Assert.IsType<AppendResult.Stored>(await Journal.AppendAsync(longest, [Entry(1, "", new string('m', JournalLimits.ManifestLength))]));

        var tooLong = Assert.IsType<AppendResult.Rejected>(await Journal.AppendAsync(longest + "x", [Entry(1)]));
        var manifest = Assert.IsType<AppendResult.Rejected>(await Journal.AppendAsync("a", [Entry(1), Entry(2, "", new string('m', JournalLimits.ManifestLength + 1))]));

        Assert.Contains("persistence id has 256 characters", tooLong.Reason, StringComparison.Ordinal);
        Assert.Contains("manifest has 501 characters", manifest.Reason, StringComparison.Ordinal);
        Assert.Empty(await NumbersAsync(Journal, "a"));
    }

    [Fact]
    public async Task What_is_asked_of_a_closed_store_fails_and_says_so()
    {
        await Store.DisposeAsync();

        var write = await Assert.ThrowsAsync<PersistenceException>(() => Journal.AppendAsync("a", [Entry(1)]));
        var read = await Assert.ThrowsAsync<PersistenceException>(() => Journal.HighestSequenceNrAsync("a"));

        Assert.Contains("closed", write.Message, StringComparison.Ordinal);
        Assert.Contains("closed", read.Message, StringComparison.Ordinal);
        Store = await OpenAsync();
    }
}
