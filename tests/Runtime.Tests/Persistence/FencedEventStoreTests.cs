using CacheMachine.Runtime.Persistence;
using CacheMachine.Runtime.Persistence.Sqlite;
using Xunit;

namespace CacheMachine.Runtime.Tests.Persistence;

public sealed class FencedEventStoreTests
{
    private static readonly SerializedPayload Payload = new(1, "m", new byte[] { 1 });

    private static JournalEntry Event(long number) => new(number, Payload, DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task Nothing_is_written_for_what_is_not_owned_and_the_rest_goes_through()
    {
        var owned = new HashSet<string> { "a" };
        await using var store = new FencedEventStore(await SqliteEventStore.OpenAsync(SqliteStoreOptions.InMemory), owned.Contains);
        var at1 = new SnapshotMetadata("a", 1, DateTime.UnixEpoch);

        Assert.IsType<AppendResult.Stored>(await store.Journal.AppendAsync("a", [Event(1)]));
        await store.Snapshots.SaveAsync(at1, Payload);
        owned.Clear();

        foreach (var refused in new Func<Task>[]
        {
            () => store.Journal.AppendAsync("a", [Event(2)]),
            () => store.Journal.DeleteToAsync("a", 1),
            () => store.Snapshots.SaveAsync(new SnapshotMetadata("a", 2, DateTime.UnixEpoch), Payload),
            () => store.Snapshots.DeleteAsync("a", SnapshotSelectionCriteria.Latest),
        })
        {
            var error = await Assert.ThrowsAsync<PersistenceException>(refused);
            Assert.Contains("'a': this replica does not own it any more. Nothing was stored.", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(1, Assert.Single(await store.Journal.ReadAsync("a", 1, long.MaxValue, 10)).SequenceNr);
        Assert.Equal(1, await store.Journal.HighestSequenceNrAsync("a"));
        Assert.Equal(1, (await store.Snapshots.LoadLatestAsync("a", SnapshotSelectionCriteria.Latest))!.Metadata.SequenceNr);
    }
}
