using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Actors.Tests.Doubles;
using Xunit;

namespace CacheMachine.Actors.Tests.Supervisor;

/// <summary>All actors together, from the creation of a machine to its end.</summary>
public sealed class MachineLifeTests : IAsyncLifetime
{
    private static readonly string A = Facts.PullOf("m", "a:1"), B = Facts.PullOf("m", "b:1");

    private MachineService _service = null!;

    private ClusterDouble Cluster => _service.Cluster;

    public async Task InitializeAsync()
    {
        _service = MachineService.Start();
        Cluster.Join("n1");
        Cluster.Join("n2");
    }

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task A_machine_is_created_pulls_and_has_its_images_available()
    {
        var created = await _service.CreateAsync(Facts.Spec("m", "a:1", "b:1"));
        Assert.Equal("m", created.Name);
        Assert.Equal(["m"], await _service.NamesAsync());

        await _service.Until(() => Cluster.DaemonSets.Count == 2, "both images have their DaemonSet");
        Assert.Equal([A, B], Cluster.DaemonSets.Select(pull => pull.Name).Order(StringComparer.Ordinal).OrderBy(name => name != A));
        Pulled(A, "n1");
        Pulled(B, "n1");
        Pulled(B, "n2");
        await _service.Until(async () => (await _service.StatusAsync("m")).AvailableImages.Length == 1, "one is available");
        var status = await _service.StatusAsync("m");
        Assert.Equal("b:1", Assert.Single(status.AvailableImages).Name);
        Assert.Equal("a:1", Assert.Single(status.ImagesToCache).Name);

        Pulled(A, "n2");
        await _service.Until(async () => (await _service.StatusAsync("m")).Phase == MachinePhase.Ready, "the machine is ready");
        await _service.Until(() => Cluster.DaemonSets.Count == 0, "the DaemonSets are gone");
        Assert.Equal(2, (await _service.StatusAsync("m")).AvailableImages.Length);
        Assert.Equal(2, Cluster.Asked("ensure").Count());
        Assert.Equal(2, Cluster.Asked("delete").Count());
    }

    [Fact]
    public async Task A_question_whose_answer_nobody_waits_for_any_more_is_not_answered()
    {
        await _service.CreateAsync(Facts.Spec("m", "a:1"));
        var (past, future) = (TimeProvider.System.GetUtcNow().AddSeconds(-1), TimeProvider.System.GetUtcNow().AddHours(1));

        var late = _service.Machines.Ask<object>(new GetMachine("m", Until: past));
        var lateImages = _service.Machines.Ask<object>(new GetMachineImages("m", past));

        await MachineService.AskAsync(_service.Machines, new GetMachine("m", Until: future));
        Assert.False(late.IsCompleted || lateImages.IsCompleted);
    }

    [Fact]
    public async Task Images_and_status_are_answered_alike()
    {
        await _service.CreateAsync(Facts.Spec("m", "a:1"));
        await _service.Until(async () => (await _service.StatusAsync("m")).DesiredImages.Length == 1, "the list is there");
        var images = Assert.IsType<MachineImages>(await MachineService.AskAsync(_service.Machines, new GetMachineImages("m")));
        Assert.Equal("a:1", Assert.Single(images.Desired).Name);
        Assert.Empty(images.Available);
    }

    [Fact]
    public async Task Creating_the_same_again_changes_nothing_and_writes_nothing()
    {
        await _service.CreateAsync(Facts.Spec("m", "a:1"));
        await _service.Until(() => Cluster.DaemonSets.Count == 1, "the pull has begun");
        var uid = Cluster.UidOf(A);
        var written = _service.Store.Written.Count;

        var again = await _service.CreateAsync(Facts.Spec("m", "a:1"));
        await _service.Quiet(TimeSpan.FromSeconds(5));

        Assert.Equal("m", again.Name);
        Assert.Equal(written, _service.Store.Written.Count);
        Assert.Equal(uid, Cluster.UidOf(A));
    }

    [Fact]
    public async Task Another_spec_ends_the_pulls_of_the_first_and_keeps_what_is_available()
    {
        await _service.CreateAsync(Facts.Spec("m", "a:1"));
        await _service.Until(() => Cluster.DaemonSets.Count == 1, "the pull has begun");

        await _service.CreateAsync(Facts.Spec("m", "b:1"));
        await _service.Until(() => Cluster.DaemonSets.Count == 1 && Cluster.UidOf(B) is not null, "only the new image is pulled");
        Assert.Equal("b:1", Assert.Single((await _service.StatusAsync("m")).DesiredImages).Name);
    }

    [Fact]
    public async Task A_delete_is_answered_when_the_DaemonSets_are_gone_and_not_before()
    {
        await _service.CreateAsync(Facts.Spec("m", "a:1"));
        await _service.Until(() => Cluster.DaemonSets.Count == 1, "the pull has begun");
        Cluster.Holds = true;

        var gone = MachineService.AskAsync(_service.Supervisor, new RemoveMachine("m"));
        await _service.Until(() => Cluster.Asked("delete").Any(), "the DaemonSet is being removed");
        Assert.Empty(await _service.NamesAsync());
        await _service.Quiet(TimeSpan.FromMinutes(1));
        Assert.False(gone.IsCompleted);

        Cluster.Asked("delete").First().Succeed();
        Assert.Equal("m", Assert.IsType<MachineGone>(await gone).Machine);
        Assert.Empty(Cluster.DaemonSets);
        Assert.Equal(new MachineNotFound("m"), await MachineService.AskAsync(_service.Machines, new GetMachine("m")));
    }

    [Fact]
    public async Task A_delete_while_the_API_fails_is_answered_when_it_works_again()
    {
        await _service.CreateAsync(Facts.Spec("m", "a:1"));
        await _service.Until(() => Cluster.DaemonSets.Count == 1, "the pull has begun");
        Cluster.Failure = "delete daemonset: 503";

        var gone = MachineService.AskAsync(_service.Supervisor, new RemoveMachine("m"));
        var same = MachineService.AskAsync(_service.Supervisor, new RemoveMachine("m"));
        await _service.Until(() => Cluster.Asked("delete").Count() >= 3, "the removal is tried again and again");
        Assert.False(gone.IsCompleted);

        Cluster.Failure = null;
        await _service.Until(() => gone.IsCompleted && same.IsCompleted, "both who asked are answered");
        Assert.Equal("m", Assert.IsType<MachineGone>(await gone).Machine);
        Assert.Equal("m", Assert.IsType<MachineGone>(await same).Machine);
        Assert.Empty(Cluster.DaemonSets);
    }

    [Fact]
    public async Task What_the_cluster_refuses_is_in_the_status_until_it_works()
    {
        Cluster.Failure = "create daemonset cachemachine/x: forbidden";
        await _service.CreateAsync(Facts.Spec("m", "a:1"));
        await _service.Until(async () => (await _service.StatusAsync("m")).Pulls.Any(pull => pull.Errors.Values.Any(e => e.Contains("forbidden", StringComparison.Ordinal))), "the words are told");

        Cluster.Failure = null;
        await _service.Until(() => Cluster.DaemonSets.Count == 1, "the DaemonSet is made");
        await _service.Until(async () => (await _service.StatusAsync("m")).Pulls.All(pull => pull.Errors.IsEmpty), "the words are gone");
    }

    [Fact]
    public async Task Nobody_knows_a_machine_that_was_never_made_and_its_actor_goes_away()
    {
        Assert.Equal(new MachineNotFound("x"), await MachineService.AskAsync(_service.Machines, new GetMachine("x")));
        Assert.Equal(new MachineNotFound("x"), await MachineService.AskAsync(_service.Machines, new GetMachineImages("x")));
        Assert.Equal(new MachineNotFound("x"), await MachineService.AskAsync(_service.Supervisor, new RemoveMachine("x")));
        var recoveries = _service.Store.Recoveries;
        await _service.Until(async () =>
        {
            await MachineService.AskAsync(_service.Machines, new GetMachine("x"));
            return _service.Store.Recoveries > recoveries;
        }, "another actor answers");
        Assert.Empty(_service.Store.Written);
    }

    [Fact]
    public async Task A_name_longer_than_any_machine_can_have_is_not_found_either()
    {
        var name = new string('x', 5000);
        Assert.Equal(new MachineNotFound(name), await MachineService.AskAsync(_service.Machines, new GetMachine(name)));
    }

    [Fact]
    public async Task A_machine_that_is_made_while_somebody_asks_for_it_is_there()
    {
        var gate = _service.Store.HoldWrites("cachemachine-m");
        var before = MachineService.AskAsync(_service.Machines, new GetMachine("m"));
        var made = MachineService.AskAsync(_service.Supervisor, new CreateMachine(Facts.Spec("m", "a:1")));
        Assert.Equal(new MachineNotFound("m"), await before);
        await _service.Quiet(TimeSpan.FromSeconds(1));
        gate.SetResult();

        Assert.Equal("m", Assert.IsType<MachineStatus>(await made).Name);
        await _service.Until(() => Cluster.DaemonSets.Count == 1, "it pulls without being asked");
    }

    [Fact]
    public async Task A_machine_whose_actor_stops_runs_again_although_nobody_asks_for_it()
    {
        await _service.CreateAsync(Facts.Spec("m", "a:1"));
        await _service.Until(() => Cluster.DaemonSets.Count == 1, "the pull has begun");
        var (recoveries, written) = (_service.Store.Recoveries, _service.Store.Written.Count);
        _service.KillMachine("m");

        await _service.Until(() => _service.Store.Recoveries > recoveries, "it is started again");
        Pulled(A, "n1");
        Pulled(A, "n2");
        await _service.Until(() => Cluster.DaemonSets.Count == 0, "it goes on with its pull");
        Assert.Equal([("cachemachine-m", "pull-ended/1")], _service.Store.Written.Skip(written));
    }

    [Fact]
    public async Task The_first_answer_of_a_machine_and_of_an_actor_that_was_started_again_knows_the_cluster_that_its_replica_has_listed()
    {
        await _service.CreateAsync(Facts.Spec("other", "b:1"));
        await _service.Until(async () => (await _service.StatusAsync("other")).Phase == MachinePhase.Pulling, "the cluster is listed");

        var created = await _service.CreateAsync(Facts.Spec("m", "a:1"));
        Assert.DoesNotContain("listed yet", created.Message, StringComparison.Ordinal);
        Assert.Equal(["n1", "n2"], created.Nodes.Select(node => node.Name));
        Pulled(A, "n1");
        Pulled(A, "n2");
        await _service.Until(async () => (await _service.StatusAsync("m")).Phase == MachinePhase.Ready, "the image is available");

        for (var i = 0; i < 5; i++)
        {
            var recoveries = _service.Store.Recoveries;
            _service.KillMachine("m");
            await _service.Until(() => _service.Store.Recoveries > recoveries, "it is started again");
            var images = Assert.IsType<MachineImages>(await MachineService.AskAsync(_service.Machines, new GetMachineImages("m")));
            Assert.Equal("a:1", Assert.Single(images.Available).Name);
        }
    }

    [Fact]
    public async Task Being_told_its_spec_again_and_again_makes_a_machine_write_and_ask_nothing()
    {
        await _service.CreateAsync(Facts.Spec("m", "a:1"));
        await _service.Until(() => Cluster.DaemonSets.Count == 1, "the pull has begun");
        await _service.Quiet(TimeSpan.FromSeconds(1));
        var (requests, written) = (Cluster.Requests.Count, _service.Store.Written.Count);

        await _service.Quiet(TimeSpan.FromSeconds(50));
        Assert.Equal((requests, written), (Cluster.Requests.Count, _service.Store.Written.Count));
    }

    [Fact]
    public async Task Who_waits_for_the_end_of_a_machine_is_answered_although_it_is_made_again()
    {
        await _service.CreateAsync(Facts.Spec("m", "a:1"));
        await _service.Until(() => Cluster.DaemonSets.Count == 1, "the pull has begun");
        Cluster.Failure = "503";
        var gone = MachineService.AskAsync(_service.Supervisor, new RemoveMachine("m"));
        await _service.Until(() => Cluster.Asked("delete").Any(), "the removal has begun");

        await _service.CreateAsync(Facts.Spec("m", "b:1"));
        Cluster.Failure = null;
        Assert.Equal("m", Assert.IsType<MachineGone>(await gone).Machine);
        await _service.Until(() => Cluster.UidOf(B) is not null && Cluster.UidOf(A) is null, "the new machine pulls, and the old one's DaemonSet is gone");
        Assert.Equal(["m"], await _service.NamesAsync());
    }

    [Fact]
    public async Task DaemonSets_of_machines_that_do_not_exist_are_removed_and_others_are_left()
    {
        await _service.CreateAsync(Facts.Spec("m", "a:1"));
        await _service.Until(() => Cluster.DaemonSets.Count == 1, "the pull has begun");
        Cluster.Plant("unknown-1", "unknown");
        await _service.Until(() => Cluster.UidOf("unknown-1") is null, "the orphan is gone");
        Assert.NotNull(Cluster.UidOf(A));
    }

    [Theory]
    [InlineData("Lab.One_2")]
    [InlineData("a.name.that.is.longer.than.any.label.of.Kubernetes.can.ever.be.and.then.some")]
    [InlineData("-_.")]
    public async Task A_machine_of_any_name_keeps_its_DaemonSets_and_removes_those_that_nothing_explains(string name)
    {
        await _service.CreateAsync(Facts.Spec(name, "a:1"));
        var pull = Facts.PullOf(name, "a:1");
        await _service.Until(() => Cluster.UidOf(pull) is not null, "the pull has begun");
        Cluster.Plant("planted", name);
        await _service.Until(() => Cluster.UidOf("planted") is null, "the planted one is gone");
        Pulled(pull, "n1");
        Pulled(pull, "n2");
        await _service.Until(async () => (await _service.StatusAsync(name)).Phase == MachinePhase.Ready, "the machine is ready");
        Assert.Equal([pull], Cluster.Asked("ensure").Select(request => request.Name));

        Cluster.Plant("planted", name);
        Assert.IsType<MachineGone>(await MachineService.AskAsync(_service.Supervisor, new RemoveMachine(name)));
        await _service.Until(() => Cluster.DaemonSets.Count == 0, "nothing of it is left");
        Assert.Equal(new MachineNotFound(name), await MachineService.AskAsync(_service.Machines, new GetMachine(name)));
    }

    [Fact]
    public async Task An_orphan_that_stays_is_tried_again_although_nothing_else_happens()
    {
        Cluster.Failure = "503";
        Cluster.Plant("unknown-1", "unknown");
        await _service.Until(() => Cluster.Asked("delete").Any(), "the removal is tried");
        Cluster.Failure = null;
        await _service.Until(() => Cluster.UidOf("unknown-1") is null, "the orphan is gone");
    }

    [Fact]
    public async Task An_orphan_of_the_machines_own_name_is_removed_by_the_machine()
    {
        await _service.CreateAsync(Facts.Spec("m", "a:1"));
        Cluster.Plant("m-planted", "m");
        await _service.Until(() => Cluster.UidOf("m-planted") is null && Cluster.UidOf(A) is not null, "the planted one is gone");
    }

    [Fact]
    public async Task A_DaemonSet_that_somebody_deletes_is_made_again()
    {
        await _service.CreateAsync(Facts.Spec("m", "a:1"));
        await _service.Until(() => Cluster.DaemonSets.Count == 1, "the pull has begun");
        await _service.Quiet(TimeSpan.FromSeconds(1));
        await Cluster.DeletePullAsync(A, default);
        await _service.Until(() => Cluster.UidOf(A) is not null, "it is there again");
        Assert.Equal(2, Cluster.Asked("ensure").Count());
    }

    [Fact]
    public async Task A_machine_whose_events_cannot_be_written_carries_on_afterwards()
    {
        await _service.CreateAsync(Facts.Spec("m", "a:1"));
        await _service.Until(() => Cluster.DaemonSets.Count == 1, "the pull has begun");
        var gate = _service.Store.HoldWrites("cachemachine-m");
        gate.SetException(new IOException("the disk is full"));
        Pulled(A, "n1");
        Pulled(A, "n2");
        await _service.Quiet(TimeSpan.FromSeconds(5));
        _service.Store.HoldWrites("cachemachine-m").SetResult();
        await _service.Until(() => Cluster.DaemonSets.Count == 0, "the pull is finished");
    }

    private void Pulled(string pull, string node) => Cluster.PodSays(pull, node, PullPodState.Pulled, Facts.Digest('1'));
}
