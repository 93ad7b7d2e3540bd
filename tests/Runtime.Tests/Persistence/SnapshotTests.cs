using CacheMachine.Runtime.Persistence;
using Xunit;

namespace CacheMachine.Runtime.Tests.Persistence;

public sealed class SnapshotTests : PersistentActorTest
{
    [Fact]
    public void Recovery_begins_with_the_snapshot_and_replays_what_came_after_it()
    {
        var actor = StartRecovered("a");
        Add(actor, "x", "y");
        Run(actor, self => self.SaveSnapshot(new Items([.. self.Items])));
        var saved = Expect<SaveSnapshotSuccess>();
        Assert.Equal(("a", 2L), (saved.Metadata.PersistenceId, saved.Metadata.SequenceNr));
        Add(actor, "z");
        Run(actor, self => self.DeleteMessages(2));
        Expect(new DeleteMessagesSuccess(2));
        Stop(actor);

        var next = Start("a");

        Expect("offered 2", "recovered x,y,z");
        ExpectState(next, "x,y,z", 3);
    }

    [Fact]
    public void Numbers_go_on_after_every_event_was_deleted()
    {
        var actor = StartRecovered("a");
        Add(actor, "x", "y");
        Run(actor, self => self.DeleteMessages(long.MaxValue));
        Expect(new DeleteMessagesSuccess(2));
        Stop(actor);

        var next = StartRecovered("a");
        Add(next, "z");
        ExpectState(next, "z", 3);
    }

    [Fact]
    public void A_snapshot_is_of_the_moment_in_which_it_was_taken()
    {
        var actor = StartRecovered("a");
        Add(actor, "x");

        Run(actor, self =>
        {
            self.SaveSnapshot(new Items([.. self.Items]));
            self.Add("y");
        });
        Expect("stored y");
        Assert.Equal(1, Expect<SaveSnapshotSuccess>().Metadata.SequenceNr);
        Stop(actor);

        Start("a");
        Expect("offered 1", "recovered x,y");
    }

    [Fact]
    public void A_snapshot_that_cannot_be_saved_or_serialized_is_reported_and_the_actor_goes_on()
    {
        var actor = StartRecovered("a");
        Run(actor, self => self.SaveSnapshot(new Unserializable()));
        Assert.Contains("has no manifest", Expect<SaveSnapshotFailure>().Cause.Message, StringComparison.Ordinal);

        Store.MaintenanceFailure = new PersistenceException("the disk is full");
        Run(actor, self => self.SaveSnapshot(new Items([])));
        Run(actor, self => self.DeleteSnapshots(SnapshotSelectionCriteria.Latest));

        Assert.Equal("the disk is full", Expect<SaveSnapshotFailure>().Cause.Message);
        Assert.Equal("the disk is full", Expect<DeleteSnapshotsFailure>().Cause.Message);
        Add(actor, "x");
    }

    [Fact]
    public void Deletion_that_fails_or_goes_beyond_the_end_is_reported()
    {
        var actor = StartRecovered("a");
        Add(actor, "x");

        Run(actor, self => self.DeleteMessages(2));
        Assert.Contains("must be less than or equal to LastSequenceNr [1]", Expect<DeleteMessagesFailure>().Cause.Message, StringComparison.Ordinal);

        Store.MaintenanceFailure = new PersistenceException("the disk is full");
        Run(actor, self => self.DeleteMessages(1));
        var failure = Expect<DeleteMessagesFailure>();
        Assert.Equal(("the disk is full", 1L), (failure.Cause.Message, failure.ToSequenceNr));
    }

    [Fact]
    public void Deleted_snapshots_are_not_offered()
    {
        var actor = StartRecovered("a");
        Add(actor, "x");
        Run(actor, self => self.SaveSnapshot(new Items(["wrong"])));
        Expect<SaveSnapshotSuccess>();
        Run(actor, self => self.DeleteSnapshots(new SnapshotSelectionCriteria(1)));
        Expect(new DeleteSnapshotsSuccess(new SnapshotSelectionCriteria(1)));
        Stop(actor);

        StartRecovered("a", "x");
    }
}
