using CacheMachine.Actors.Images;
using CacheMachine.Actors.Machines.Decisions;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Specs;
using Xunit;

namespace CacheMachine.Actors.Tests.Machines.Decisions;

public sealed class MachineDecisionsTests
{
    private static readonly DesiredImage A = World.Image("a"), B = World.Image("b"), C = World.Image("c"), D = World.Image("d");

    [Fact]
    public void An_image_that_is_pulled_on_every_node_is_available_and_its_DaemonSet_goes()
    {
        var world = new World().Join("n1").Join("n2").Begin(A).Act();
        Assert.Single(world.DaemonSets);
        Assert.Empty(world.Available);

        world.Pulled("a", "n1").See();
        Assert.Empty(world.Available);

        world.Pulled("a", "n2").See().Act();
        Assert.Equal([A], world.Available);
        Assert.Empty(world.DaemonSets);
        Assert.Equal(MachinePhase.Ready, world.Status.Phase);
    }

    [Fact]
    public void Evidence_of_a_pull_outlives_its_DaemonSet_and_a_restart_although_the_node_reports_nothing()
    {
        var world = new World().Join("n1").Begin(A).Act().Pulled("a", "n1").See().Act();
        world.Restart().See().List(A).Act();
        Assert.Equal([A], world.Available);
        Assert.Empty(world.DaemonSets);
    }

    [Fact]
    public void An_image_that_cannot_be_pulled_says_why_and_does_not_hold_up_the_next()
    {
        var world = new World().Join("n1").Configure(World.Spec(A, B) with { ParallelImages = 1 }).List(A, B).See().Act();
        Assert.Equal([A.ImageUrl], world.DaemonSets.Select(d => d.Image));

        world.PullFails("a", "n1", "ErrImagePull: not found").See().Act().Act();
        Assert.Equal([B.ImageUrl], world.DaemonSets.Select(d => d.Image));
        var waiting = Assert.Single(world.Status.Pulls, p => p.State == "waiting");
        Assert.Equal("ErrImagePull: not found", waiting.Errors["n1"]);

        world.Pulled("b", "n1").See().Act();
        Assert.Equal([B], world.Available);
    }

    [Fact]
    public void A_failed_image_is_tried_again_after_its_backoff_which_doubles_and_survives_a_restart()
    {
        var world = new World().Join("n1").Begin(A).Act().PullFails("a", "n1", "no").See().Act();
        Assert.Empty(world.DaemonSets);

        world.Restart().See().Pass(TimeSpan.FromSeconds(59)).Act();
        Assert.Empty(world.DaemonSets);
        world.Pass(TimeSpan.FromSeconds(1)).Act();
        Assert.Single(world.DaemonSets);

        world.PullFails("a", "n1", "no").See().Act().Pass(TimeSpan.FromSeconds(119)).Act();
        Assert.Empty(world.DaemonSets);
        world.Pass(TimeSpan.FromSeconds(1)).Act();
        Assert.Single(world.DaemonSets);
    }

    [Fact]
    public void A_node_that_joins_does_not_wait_for_the_backoff_of_another()
    {
        var world = new World().Join("n1").Begin(A).Act().PullFails("a", "n1", "no").See().Act();
        world.Join("n2").See().Act();
        var order = Assert.Single(world.DaemonSets);
        Assert.Equal(["n2"], order.Targets.Nodes!);

        world.Pulled("a", "n2").See().Act();
        Assert.Equal(1, world.State.Record.Retries[ImageReference.Parse(A.ImageUrl).ToString()].Attempts);
        Assert.Empty(world.DaemonSets);
    }

    [Fact]
    public void At_most_parallel_images_DaemonSets_are_in_flight()
    {
        var world = new World().Join("n1").Join("n2").Begin(A, B, C, D).Act();
        Assert.Equal(3, world.DaemonSets.Count);
        world.Pulled("a", "n1").Pulled("a", "n2").See().Act().Act();
        Assert.Equal([B.ImageUrl, C.ImageUrl, D.ImageUrl], world.DaemonSets.Select(d => d.Image).Order());
    }

    [Fact]
    public void A_node_that_makes_no_progress_does_not_hold_up_the_next_image_on_the_others()
    {
        var world = new World().Join("n1").Join("slow").Begin(A, B, C, D).Act();
        foreach (var image in new[] { "a", "b", "c" })
            world.Pulled(image, "n1");
        world.See().Act().Pass(TimeSpan.FromMinutes(1)).Act();
        var last = Assert.Single(world.DaemonSets, d => d.Image == D.ImageUrl);
        Assert.Equal(["n1"], last.Targets.Nodes!);
        world.Pulled("d", "n1").See().Act();
        Assert.DoesNotContain(world.DaemonSets, d => d.Image == D.ImageUrl);
    }

    [Fact]
    public void A_node_that_takes_longer_than_the_pull_may_take_is_given_up_for_now()
    {
        var world = new World().Join("n1").Begin(A).Act().Pass(TimeSpan.FromMinutes(30)).Act();
        Assert.Empty(world.DaemonSets);
        Assert.Equal("no progress for 30 min", Assert.Single(world.Status.Pulls).Errors["n1"]);
    }

    [Fact]
    public void A_node_that_leaves_or_becomes_ineligible_does_not_block_completion()
    {
        var world = new World().Join("n1").Join("n2").Join("n3").Begin(A).Act().Pulled("a", "n1").See();
        world.Leave("n2").Change("n3", n => n with { Unschedulable = true }).See().Act();
        Assert.Equal([A], world.Available);
        Assert.Empty(world.DaemonSets);
        Assert.Equal("node cordoned", Assert.Single(world.Status.Nodes, n => !n.Eligible).Reason);
    }

    [Fact]
    public void A_node_that_joins_during_a_pull_is_covered_by_it()
    {
        var world = new World().Join("n1").Begin(A).Act().Join("n2").See().Act();
        Assert.Equal(2, world.Pods.Count());
        Assert.Empty(world.Journal.OfType<PullWidened>());
    }

    [Fact]
    public void A_moved_tag_is_pulled_again_and_the_old_image_does_not_count()
    {
        var first = World.Image("a", World.Digest(1));
        var second = World.Image("a", World.Digest(2));
        var world = new World().Join("n1").Begin(first).Act().Pulled("a", "n1", World.Digest(1), reported: true).See().Act();
        Assert.Equal([first], world.Available);

        world.List(second).Act();
        Assert.Empty(world.Available);
        Assert.Equal("Always", Assert.Single(world.DaemonSets).Policy);
        world.Pulled("a", "n1", World.Digest(2)).See().Act();
        Assert.Equal([second], world.Available);
    }

    [Fact]
    public void Another_digest_wanted_during_a_pull_ends_it_and_begins_a_new_one_after_the_old_DaemonSet_is_gone()
    {
        var world = new World().Join("n1").Begin(World.Image("a", World.Digest(1))).Act();
        world.List(World.Image("a", World.Digest(2)));
        Assert.Empty(world.State.Record.Pulls);
        world.Act().Act();
        Assert.Equal(World.Digest(2), Assert.Single(world.State.Record.Pulls).Value.Digest);
    }

    [Fact]
    public void A_registry_that_serves_another_digest_than_it_lists_is_a_failure_in_words()
    {
        var world = new World().Join("n1").Begin(World.Image("a", World.Digest(1))).Act().Pulled("a", "n1", World.Digest(2)).See().Act();
        Assert.Contains("the registry served", Assert.Single(world.Status.Pulls).Errors["n1"], StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_removed_from_a_node_that_reported_it_is_pulled_again()
    {
        var world = new World().Join("n1").Begin(A).Act().Pulled("a", "n1").See().Act().Report("n1").See();
        world.RemoveFromDisk("a", "n1").Report("n1").See().Act();
        Assert.Single(world.DaemonSets);
        Assert.Empty(world.Available);
    }

    [Fact]
    public void An_image_removed_before_it_was_ever_reported_is_pulled_again_after_the_grace()
    {
        var world = new World().Join("n1").Begin(A).Act().Pulled("a", "n1").See().Act();
        world.RemoveFromDisk("a", "n1").Pass(TimeSpan.FromSeconds(89)).Act();
        Assert.Empty(world.DaemonSets);
        world.Pass(TimeSpan.FromSeconds(1)).Act();
        Assert.Single(world.DaemonSets);
    }

    [Fact]
    public void A_node_that_reports_fifty_images_is_not_believed_about_the_others()
    {
        var world = new World().Join("n1").Begin(A).Act().Pulled("a", "n1").See().Act();
        world.Change("n1", n => n with { Images = new NodeImages([.. Enumerable.Range(0, 50).Select(i => new[] { $"big:{i}", $"big@{World.Digest(i)}" })]) });
        world.See().Pass(TimeSpan.FromHours(1)).See().Act();
        Assert.Empty(world.DaemonSets);
        Assert.Equal([A], world.Available);
    }

    [Theory]
    [InlineData(true, "the node was rebooted")]
    [InlineData(false, "the node was replaced")]
    public void Evidence_ends_with_its_node(bool reboot, string why)
    {
        var world = new World().Join("n1").Begin(A).Act().Pulled("a", "n1").See().Act();
        world.Change("n1", n => reboot ? n with { BootId = "other" } : n with { Uid = "other" }).See();
        Assert.Equal(why, Assert.Single(world.Journal.OfType<EvidenceEnded>()).Why);
        Assert.Empty(world.Available);
    }

    [Fact]
    public void Without_eligible_nodes_nothing_is_created_nothing_is_available_and_the_message_says_why()
    {
        var world = new World().Join("n1").Change("n1", n => n with { Taints = [new("gpu", "yes", "NoSchedule")] }).Begin(A).Act();
        Assert.Empty(world.DaemonSets);
        Assert.Empty(world.Available);
        Assert.Equal(MachinePhase.NoNodes, world.Status.Phase);
        Assert.Contains("taint gpu=yes:NoSchedule", world.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Posting_the_same_again_changes_nothing_and_another_spec_stops_the_pulls()
    {
        var world = new World().Join("n1").Begin(A).Act();
        var events = world.Journal.Count;
        world.Configure(World.Spec(A));
        Assert.Equal(events, world.Journal.Count);

        world.Configure(World.Spec(B), 2).Act();
        Assert.Empty(world.DaemonSets);
        Assert.Empty(world.State.Record.Lists);
    }

    [Fact]
    public void A_running_DaemonSet_is_adopted_after_a_restart_and_one_that_no_pull_explains_is_removed()
    {
        var world = new World().Join("n1").Begin(A).Act();
        var adopted = Assert.Single(world.DaemonSets).Name;
        world.PlantDaemonSet("m-leftover", "m", "x:y").PlantDaemonSet("other-1", "other", "x:y").Restart().See().Act();
        Assert.Equal([adopted, "other-1"], world.DaemonSets.Select(d => d.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_DaemonSet_that_somebody_else_deletes_is_made_again()
    {
        var world = new World().Join("n1").Begin(A).Act();
        var name = Assert.Single(world.DaemonSets).Name;
        var before = MachineChildren.Pullers(world.State)[name];
        world.DeleteDaemonSet(name).See();
        Assert.NotEqual(before, MachineChildren.Pullers(world.State)[name]);
        world.Act().Pulled("a", "n1").See().Act();
        Assert.Equal([A], world.Available);
    }

    [Fact]
    public void Deleting_a_machine_during_a_pull_leaves_no_DaemonSet()
    {
        var world = new World().Join("n1").Begin(A, B).Act();
        world.Tell(new DeleteMachine("m", 2)).Act();
        Assert.Empty(world.DaemonSets);
        Assert.Null(world.State.Record.Spec);
        Assert.Empty(world.State.Removing);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Late_orders_of_a_supervisor_that_was_replaced_change_nothing(bool existed)
    {
        var world = new World().Join("n1");
        if (existed)
            world.Begin(A).Act();
        world.Tell(new DeleteMachine("m", 5));
        world.Tell(new ConfigureMachine(4, World.Spec(B)));
        Assert.Null(world.State.Record.Spec);

        world.Tell(new ConfigureMachine(7, World.Spec(A)));
        world.Tell(new DeleteMachine("m", 6));
        world.Tell(new ConfigureMachine(6, World.Spec(B)));
        Assert.Equal(World.Spec(A).RepoMen, world.State.Record.Spec!.RepoMen, (a, b) => Enumerable.Zip(a, b).All(pair => pair.First.IsSameAs(pair.Second)));
    }

    [Fact]
    public void With_a_limit_of_nodes_a_wave_moves_on_node_by_node()
    {
        var world = new World().Join("n1").Join("n2").Join("n3").Configure(World.Spec(A) with { MaxNodesPulling = 1 }).List(A).See().Act();
        Assert.Single(world.Pods);
        world.Pulled("a", "n1").See().Act();
        Assert.Single(world.Pods, p => p.State == PullPodState.Pulling);
        world.Pulled("a", "n2").See().Act();
        world.Pulled("a", "n3").See().Act();
        Assert.Equal([A], world.Available);
        Assert.Single(world.Journal.OfType<PullStarted>());
    }

    [Fact]
    public void A_registry_that_fails_keeps_the_last_good_list()
    {
        var world = new World().Join("n1").Begin(A).Act().Pulled("a", "n1").See().Act();
        world.Tell(new CacheMachine.Actors.RepoMen.RepoManFailed(1, 0, "503 from the registry", world.Now.AddSeconds(30)));
        Assert.Equal([A], world.Available);
        Assert.Contains("503 from the registry", world.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_that_is_removed_three_times_within_an_hour_is_not_fought_for_until_the_hour_is_over()
    {
        var world = new World().Join("n1").Begin(A);
        for (var i = 0; i < 3; i++)
        {
            world.Act().Pulled("a", "n1", reported: true).See().Act();
            Assert.Equal([A], world.Available);
            world.RemoveFromDisk("a", "n1").Report("n1").See().Pass(TimeSpan.FromMinutes(5));
        }
        world.Act();
        Assert.Empty(world.DaemonSets);
        Assert.Equal("does not stay: the node's disk is too small", Assert.Single(world.Status.Pulls).Errors["n1"]);

        world.Pass(TimeSpan.FromMinutes(45)).Act();
        Assert.Single(world.DaemonSets);
    }

    [Fact]
    public void A_registry_that_limits_requests_is_left_alone_by_other_pulls_and_others_are_not()
    {
        var other = new DesiredImage("other.example/b", null, "b");
        var world = new World().Join("n1").Configure(World.Spec() with { ParallelImages = 1 }).List(A, B, other).See().Act();
        world.PullFails("a", "n1", "ErrImagePull: toomanyrequests: You have reached your pull rate limit").See().Act().Act();
        Assert.Equal(["other.example/b"], world.DaemonSets.Select(d => d.Image));
        Assert.Contains("fewer requests", world.Status.Pulls.Single(p => p.Image == B.ImageUrl).Errors["n1"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_registry_that_serves_another_digest_than_it_listed_is_asked_for_its_list_anew()
    {
        var world = new World().Join("n1").Begin(World.Image("a", World.Digest(1))).Act().Pulled("a", "n1", World.Digest(2)).See();
        Assert.Equal(1, world.State.Refreshes);
    }

    [Fact]
    public void A_service_wide_limit_of_nodes_lets_them_pull_one_after_another()
    {
        var world = new World(new MachineSettings { LimitsNodes = true }).Join("n1").Join("n2").Begin(A, B);
        Assert.Empty(world.DaemonSets);
        world.Act().Act();
        Assert.Equal(["n1", "n1"], world.Pods.Select(p => p.Node));
        world.Pulled("a", "n1").Pulled("b", "n1").See().Act().Act().Act();
        Assert.Equal(["n2", "n2"], world.Pods.Where(p => p.State == PullPodState.Pulling).Select(p => p.Node));
        world.Pulled("a", "n2").Pulled("b", "n2").See().Act();
        Assert.Equal([A, B], world.Available);
    }

    [Fact]
    public void While_a_watch_is_broken_no_node_is_given_up_for_want_of_progress()
    {
        var world = new World().Join("n1").Begin(A).Act();
        var blind = world.State.View.With(new WatchBroken(ClusterKinds.Pods, "connection refused"));
        world.Tell(new ClusterSeen(blind)).Pass(TimeSpan.FromHours(1));
        Assert.Single(world.State.Record.Pulls);
        Assert.Contains("watching pull pods: connection refused", world.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_another_machine_has_heard_of_a_registrys_limit_holds_up_pulls_from_it_for_so_long()
    {
        var world = new World().Join("n1").Tell(new RegistryLimited("registry.example:5000", new World().Now + TimeSpan.FromMinutes(1))).Begin(A).Act();
        Assert.Empty(world.DaemonSets);
        Assert.Equal(world.Now + TimeSpan.FromMinutes(1), Alarm.Next(world.State, world.Settings));
        world.Pass(TimeSpan.FromMinutes(1)).Act();
        Assert.Single(world.DaemonSets);
    }

    [Fact]
    public void A_backoff_ends_when_another_digest_is_wanted_also_when_the_tag_moves_back()
    {
        var (first, second) = (World.Image("a", World.Digest(1)), World.Image("a", World.Digest(2)));
        var world = new World().Join("n1").Begin(first).Act().Pulled("a", "n1", World.Digest(2)).See().Act();
        Assert.NotEmpty(world.State.Record.Retries);
        world.List(second);
        Assert.Empty(world.State.Record.Retries);
        world.List(first).Act().Act();
        Assert.Equal(World.Digest(1), Assert.Single(world.State.Record.Pulls).Value.Digest);
    }
}
