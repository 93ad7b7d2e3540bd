using CacheMachine.Runtime.Persistence;
using Xunit;

namespace CacheMachine.Runtime.Tests.Persistence;

public abstract partial class EventStoreConformance
{
    private Task SaveAsync(string id, long nr, string text) =>
        Store.Snapshots.SaveAsync(new SnapshotMetadata(id, nr, Created.UtcDateTime), Entry(0, text, "state-v3").Payload);

    private async Task<(long Nr, string Text)?> LoadAsync(string id, SnapshotSelectionCriteria criteria) =>
        await Store.Snapshots.LoadLatestAsync(id, criteria) is { } found ? (found.Metadata.SequenceNr, Text(found.Payload)) : null;

    [Fact]
    public async Task The_latest_snapshot_comes_back_with_every_field()
    {
        await SaveAsync("a", 5, "five");
        await SaveAsync("a", 9, "nine");
        await SaveAsync("a", 7, "seven");

        var found = await Store.Snapshots.LoadLatestAsync("a", SnapshotSelectionCriteria.Latest);

        Assert.NotNull(found);
        Assert.Equal(new SnapshotMetadata("a", 9, Created.UtcDateTime), found.Metadata);
        Assert.Equal(DateTimeKind.Utc, found.Metadata.Timestamp.Kind);
        Assert.Equal((117, "state-v3", "nine"), (found.Payload.Identifier, found.Payload.Manifest, Text(found.Payload)));
    }

    [Fact]
    public async Task A_snapshot_up_to_a_number_ignores_later_ones()
    {
        await SaveAsync("a", 5, "five");
        await SaveAsync("a", 9, "nine");

        Assert.Equal((5, "five"), await LoadAsync("a", new SnapshotSelectionCriteria(8)));
        Assert.Equal((9, "nine"), await LoadAsync("a", new SnapshotSelectionCriteria(9)));
        Assert.Null(await LoadAsync("a", new SnapshotSelectionCriteria(4)));
        Assert.Null(await LoadAsync("nobody", SnapshotSelectionCriteria.Latest));
    }

    [Fact]
    public async Task A_snapshot_at_the_same_number_replaces_the_older_one()
    {
        await SaveAsync("a", 5, "first");
        await SaveAsync("a", 5, "second");

        Assert.Equal((5, "second"), await LoadAsync("a", SnapshotSelectionCriteria.Latest));
    }

    [Fact]
    public async Task Deletion_of_snapshots_up_to_a_number_leaves_later_ones_and_other_actors()
    {
        await SaveAsync("a", 5, "five");
        await SaveAsync("a", 7, "seven");
        await SaveAsync("a", 9, "nine");
        await SaveAsync("b", 5, "other");

        await Store.Snapshots.DeleteAsync("a", new SnapshotSelectionCriteria(7));

        Assert.Null(await LoadAsync("a", new SnapshotSelectionCriteria(8)));
        Assert.Equal((9, "nine"), await LoadAsync("a", SnapshotSelectionCriteria.Latest));
        Assert.Equal((5, "other"), await LoadAsync("b", SnapshotSelectionCriteria.Latest));
    }

    [Fact]
    public async Task A_snapshot_that_is_too_long_for_its_column_fails_in_words()
    {
        var payload = Entry(0, "", new string('m', JournalLimits.ManifestLength + 1)).Payload;

        var error = await Assert.ThrowsAsync<PersistenceException>(() => Store.Snapshots.SaveAsync(new SnapshotMetadata("a", 1, Created.UtcDateTime), payload));

        Assert.Contains("save the snapshot of 'a' at 1: the manifest has 501 characters", error.Message, StringComparison.Ordinal);
    }
}
