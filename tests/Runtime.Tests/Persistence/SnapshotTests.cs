using CacheMachine.Runtime.Persistence;
using Xunit;

namespace CacheMachine.Runtime.Tests.Persistence;

public sealed class SnapshotTests : PersistentActorTest
{
    [Fact]
    public async Task Recovery_begins_with_the_snapshot_and_replays_what_came_after_it()
    {
        var actor = await StartAsync("a");
        await AddAsync(actor, "x", "y");
        Run(actor, self => self.SaveSnapshot(new Items([.. self.Items])));
        var saved = await ExpectAsync<SaveSnapshotSuccess>();
        Assert.Equal(("a", 2L), (saved.Metadata.PersistenceId, saved.Metadata.SequenceNr));
        await AddAsync(actor, "z");
        Run(actor, self => self.DeleteMessages(2));
        await ExpectAsync(new DeleteMessagesSuccess(2));
        await StopAsync(actor);

        var next = Start("a");

        await ExpectAsync("offered 2", "recovered x,y,z");
        await ExpectStateAsync(next, "x,y,z", 3);
    }

    [Fact]
    public async Task Numbers_go_on_after_every_event_was_deleted()
    {
        var actor = await StartAsync("a");
        await AddAsync(actor, "x", "y");
        Run(actor, self => self.DeleteMessages(long.MaxValue));
        await ExpectAsync(new DeleteMessagesSuccess(2));
        await StopAsync(actor);

        var next = await StartAsync("a");
        await AddAsync(next, "z");
        await ExpectStateAsync(next, "z", 3);
    }

    [Fact]
    public async Task A_snapshot_is_of_the_moment_in_which_it_was_taken()
    {
        var actor = await StartAsync("a");
        await AddAsync(actor, "x");

        Run(actor, self =>
        {
            self.SaveSnapshot(new Items([.. self.Items]));
            self.Add("y");
        });
        await ExpectAsync("stored y");
        Assert.Equal(1, (await ExpectAsync<SaveSnapshotSuccess>()).Metadata.SequenceNr);
        await StopAsync(actor);

        Start("a");
        await ExpectAsync("offered 1", "recovered x,y");
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_saved_or_serialized_is_reported_and_the_actor_goes_on()
    {
        var actor = await StartAsync("a");
        Run(actor, self => self.SaveSnapshot(new Unserializable()));
        Assert.Contains("has no manifest", (await ExpectAsync<SaveSnapshotFailure>()).Cause.Message, StringComparison.Ordinal);

        Store.MaintenanceFailure = new PersistenceException("the disk is full");
        Run(actor, self => self.SaveSnapshot(new Items([])));
        Run(actor, self => self.DeleteSnapshots(SnapshotSelectionCriteria.Latest));

        Assert.Equal("the disk is full", (await ExpectAsync<SaveSnapshotFailure>()).Cause.Message);
        Assert.Equal("the disk is full", (await ExpectAsync<DeleteSnapshotsFailure>()).Cause.Message);
        await AddAsync(actor, "x");
    }

    [Fact]
    public async Task Deletion_that_fails_or_goes_beyond_the_end_is_reported()
    {
        var actor = await StartAsync("a");
        await AddAsync(actor, "x");

        Run(actor, self => self.DeleteMessages(2));
        Assert.Contains("must be less than or equal to LastSequenceNr [1]", (await ExpectAsync<DeleteMessagesFailure>()).Cause.Message, StringComparison.Ordinal);

        Store.MaintenanceFailure = new PersistenceException("the disk is full");
        Run(actor, self => self.DeleteMessages(1));
        var failure = await ExpectAsync<DeleteMessagesFailure>();
        Assert.Equal(("the disk is full", 1L), (failure.Cause.Message, failure.ToSequenceNr));
    }

    [Fact]
    public async Task Deleted_snapshots_are_not_offered()
    {
        var actor = await StartAsync("a");
        await AddAsync(actor, "x");
        Run(actor, self => self.SaveSnapshot(new Items(["wrong"])));
        await ExpectAsync<SaveSnapshotSuccess>();
        Run(actor, self => self.DeleteSnapshots(new SnapshotSelectionCriteria(1)));
        await ExpectAsync(new DeleteSnapshotsSuccess(new SnapshotSelectionCriteria(1)));
        await StopAsync(actor);

        await StartAsync("a", "x");
    }

    [Fact]
    public async Task A_recovery_may_do_without_snapshots()
    {
        var actor = await StartAsync("a");
        await AddAsync(actor, "x");
        Run(actor, self => self.SaveSnapshot(new Items(["wrong"])));
        await ExpectAsync<SaveSnapshotSuccess>();

        await StartAsync("a", "x", new Recovery(SnapshotSelectionCriteria.None));
    }
}
