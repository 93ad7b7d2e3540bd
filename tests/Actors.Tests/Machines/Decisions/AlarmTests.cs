using CacheMachine.Actors.Images;
using CacheMachine.Actors.Machines.Decisions;
using Xunit;

namespace CacheMachine.Actors.Tests.Machines.Decisions;

public sealed class AlarmTests
{
    private static readonly DesiredImage A = World.Image("a");

    [Fact]
    public void A_time_that_came_between_the_last_decision_and_now_is_not_forgotten()
    {
        var world = new World().Join("n1").Begin(A).Act().PullFails("a", "n1", "no").See().Act();
        var retry = Assert.Single(world.State.Record.Retries.Values).At;
        world.Pass(retry - world.Now - TimeSpan.FromTicks(1));
        Assert.Empty(world.State.Record.Pulls);

        // However late the alarm is set, as after a slow write to the journal: the retry is still ahead of what was decided.
        Assert.Equal(retry, Alarm.Next(world.State, world.Settings));
        world.Pass(TimeSpan.FromTicks(1));
        Assert.Single(world.State.Record.Pulls);
        Assert.True(Alarm.Next(world.State, world.Settings) > world.Now);
    }

    [Fact]
    public void Nothing_is_due_for_a_machine_that_has_all_its_images_but_the_end_of_what_proves_it()
    {
        var world = new World().Join("n1").Begin(A).Act().Pulled("a", "n1", reported: true).See().Act();
        Assert.Equal(world.Now + world.Settings.EvidenceGrace, Alarm.Next(world.State, world.Settings));
        world.Pass(world.Settings.EvidenceLifetime);
        Assert.Null(Alarm.Next(world.State, world.Settings));
    }
}
