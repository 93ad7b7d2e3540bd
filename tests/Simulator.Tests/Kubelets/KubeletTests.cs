using System.Text.Json.Nodes;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Tests.Kubelets;

/// <summary>The nodes in virtual time, seen through the store.</summary>
public sealed class KubeletTests : IAsyncLifetime
{
    private const long Gigabyte = 1_000_000_000;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly ManualTime _time = new();
    private SimulatedCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await SimulatedCluster.StartAsync(new SimulatedClusterOptions
    {
        Nodes = 2,
        TimeProvider = _time,
        DiskBytes = 10 * Gigabyte,
        PodsPerNode = 5,
    });

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task A_pull_takes_as_long_as_its_size_and_pulls_of_a_node_wait_for_each_other()
    {
        Push("a", 2 * Gigabyte);
        Push("b", 2 * Gigabyte);
        var start = _time.GetUtcNow();
        Run("a");
        await Until("a is being pulled", () => Waiting("a", "ContainerCreating"));
        Run("b");

        await Until("a is there", () => Node.Has(Image("a")));
        var first = _time.GetUtcNow() - start;
        Assert.False(Node.Has(Image("b")));
        await Until("b is there", () => Node.Has(Image("b")));
        var second = _time.GetUtcNow() - start;

        Assert.True(first >= TimeSpan.FromSeconds(2), $"{first}");
        Assert.True(second - first >= TimeSpan.FromSeconds(1.9), $"{second - first}");
    }

    [Fact]
    public async Task The_report_of_an_image_comes_after_a_delay()
    {
        Push("a", 1000);
        Run("a");

        await Wait.Until("the image is on the node", () =>
        {
            if (Node.Has(Image("a")))
                return true;
            _time.Advance(TimeSpan.FromMilliseconds(10));
            return false;
        });

        Assert.Empty(Reported());
        await Until("it is reported", () => Reported().Contains(Image("a")));
    }

    [Fact]
    public async Task A_failed_pull_is_tried_again_after_a_growing_backoff()
    {
        Run("late");
        await Until("the pull backs off", () => Waiting("late", "ImagePullBackOff"));
        Push("late", 1000);
        var pushed = _time.GetUtcNow();

        await Until("the image is there", () => Node.Has(Image("late")));

        Assert.InRange(_time.GetUtcNow() - pushed, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task The_registry_refuses_a_pull_without_credentials_and_serves_it_with_the_pods_secret()
    {
        Push("private", 1000);
        _cluster.Registry.RequireAuth(CacheMachine.Simulator.Registries.RegistryAuthScheme.Bearer, "user", "p:w");
        Run("private");
        await Until("it is refused", () => Message("private").EndsWith("401 Unauthorized", StringComparison.Ordinal));
        var entry = new JsonObject { ["auth"] = Convert.ToBase64String("user:p:w"u8) };
        var config = new JsonObject { ["auths"] = new JsonObject { [_cluster.Registry.Host] = entry } };
        _cluster.Resources.Create(ResourceType.Secrets, "default", new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "pull" },
            ["data"] = new JsonObject { [".dockerconfigjson"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(config.ToJsonString())) },
        });

        Run("private", "with-secret", spec => spec["imagePullSecrets"] = new JsonArray(new JsonObject { ["name"] = "pull" }));

        await Until("the image is there", () => Node.Has(Image("private")));
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_with_no_space_left_on_device()
    {
        Push("big", 6 * Gigabyte);
        Node.FillDisk(5 * Gigabyte);

        Run("big");

        await Until("the pull has failed", () => Message("big").EndsWith("no space left on device", StringComparison.Ordinal));
        Assert.False(Node.Has(Image("big")));
    }

    [Fact]
    public async Task Above_the_high_threshold_unused_images_go_the_least_recently_used_first()
    {
        foreach (var (name, size) in new[] { ("oldest", 3), ("older", 3), ("used", 3) })
        {
            Push(name, size * Gigabyte);
            Run(name);
            await Until($"{name} runs", () => Running(name));
        }

        Delete("oldest");
        Delete("older");
        await Until("the pods are gone", () => Pod("oldest") is null && Pod("older") is null);

        Node.CollectImages();

        await Until("the oldest is gone", () => !Node.Has(Image("oldest")));
        Assert.True(Node.Has(Image("older")));
        Assert.True(Node.Has(Image("used")));
    }

    [Fact]
    public async Task A_node_that_is_not_ready_does_nothing_until_it_is_back()
    {
        Push("a", 1000);
        Node.NotReady();
        Run("a");
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(Node.Has(Image("a")));
        Assert.Equal("Unknown", Ready().Text("status"));

        Node.Ready();

        await Until("the image is there", () => Node.Has(Image("a")));
        Assert.Equal("True", Ready().Text("status"));
    }

    [Fact]
    public async Task A_dead_kubelet_is_noticed_after_the_grace_period()
    {
        Node.KillKubelet();

        await Until("the node is not ready", () => Ready().Text("status") == "Unknown");

        Assert.True(_time.GetUtcNow() - Start >= TimeSpan.FromSeconds(40));
        await Wait.Until("the node is tainted", () => NodeObject().Maps("spec", "taints").Any(taint => taint.Text("key") == "node.kubernetes.io/unreachable"));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task An_image_without_a_shell_runs_a_program_that_an_init_container_could_put_into_its_volume(bool readOnly, bool runs)
    {
        Push("own", 1000);
        _cluster.Registry.Push("lab/noshell", "1", 1000, hasShell: false);
        Run("noshell", change: spec =>
        {
            spec["initContainers"] = new JsonArray(new JsonObject
            {
                ["name"] = "i",
                ["image"] = Image("own"),
                ["command"] = new JsonArray("/program", "install", "/v"),
                ["volumeMounts"] = new JsonArray(new JsonObject { ["name"] = "v", ["mountPath"] = "/v", ["readOnly"] = readOnly }),
            });
            spec.Maps("containers").Single()["command"] = new JsonArray("/v/program");
            spec.Maps("containers").Single()["volumeMounts"] = new JsonArray(new JsonObject { ["name"] = "v", ["mountPath"] = "/v" });
        });

        await Until("the container has been started", () => Status("noshell").Text("imageID") is { Length: > 0 });

        Assert.Equal(runs, Running("noshell"));
        Assert.Equal(!runs, Waiting("noshell", "RunContainerError"));
    }

    [Fact]
    public async Task A_reboot_keeps_the_images_and_starts_the_containers_again()
    {
        Push("a", 1000);
        Run("a");
        await Until("a runs", () => Running("a"));
        var boot = NodeObject().Text("status", "nodeInfo", "bootID");

        Node.Reboot();

        await Until("a runs again", () => Running("a") && Status("a").Number("restartCount") == 1);
        Assert.True(Node.Has(Image("a")));
        Assert.NotEqual(boot, NodeObject().Text("status", "nodeInfo", "bootID"));
    }

    [Fact]
    public async Task A_replaced_node_has_a_new_uid_and_nothing_on_it()
    {
        Push("a", 1000);
        Run("a");
        await Until("a is reported", () => Reported().Contains(Image("a")));
        var uid = NodeObject().Text("metadata", "uid");

        Node.Recreate();

        await Until("the pod is gone", () => Pod("a") is null);
        await Until("the image is gone", () => !Node.Has(Image("a")));
        Assert.NotEqual(uid, NodeObject().Text("metadata", "uid"));
        Assert.Empty(Reported());
    }

    [Fact]
    public async Task An_evicted_image_leaves_the_report()
    {
        Push("a", 1000);
        Node.Preload(Image("a"));
        await Until("a is reported", () => Reported().Contains(Image("a")));

        Node.Evict(Image("a"));

        await Until("a is not reported", () => !Reported().Contains(Image("a")));
    }

    [Fact]
    public async Task A_full_node_takes_no_more_pods_and_the_scheduler_says_why()
    {
        Push("a", 1000);
        for (var i = 0; i < 5; i++)
            Run("a", $"fill-{i}");
        await Until("all run", () => Enumerable.Range(0, 5).All(i => Running($"fill-{i}")));
        var pinned = Objects.DaemonSet("over", Image("a"), podSpec: spec => spec["nodeSelector"] = new JsonObject { ["kubernetes.io/hostname"] = "n1" });
        _cluster.Resources.Create(ResourceType.DaemonSets, "default", pinned);

        var message = await Wait.For("the condition of the pod", () => Task.FromResult(Items(ResourceType.Pods)
            .Where(pod => pod.Labels.GetValueOrDefault("app") == "over")
            .SelectMany(pod => pod.Parse().Maps("status", "conditions"))
            .FirstOrDefault(condition => condition.Text("reason") == "Unschedulable")
            .Text("message")));
        Assert.Equal("0/2 nodes are available: 1 Too many pods, 1 node(s) didn't match Pod's node affinity.", message);

        Delete("fill-0");
        await Until("the pod is placed", () => Items(ResourceType.Pods).Any(pod => pod.Labels.GetValueOrDefault("app") == "over" && pod.NodeName == "n1"));
    }

    private static readonly DateTimeOffset Start = new ManualTime().GetUtcNow();

    private SimulatedNode Node => _cluster.Node("n1");

    private Task Until(string what, Func<bool> condition) => _time.Until(what, condition, Step);

    private string Image(string name) => $"{_cluster.Registry.Host}/lab/{name}:1";

    private void Push(string name, long size) => _cluster.Registry.Push($"lab/{name}", "1", size);

    /// <summary>A pod of the image on n1.</summary>
    private void Run(string image, string? name = null, Action<JsonObject>? change = null)
    {
        var spec = new JsonObject
        {
            ["nodeName"] = "n1",
            ["terminationGracePeriodSeconds"] = 0,
            ["containers"] = new JsonArray(new JsonObject { ["name"] = "c", ["image"] = Image(image) }),
        };
        change?.Invoke(spec);
        _cluster.Resources.Create(
            ResourceType.Pods, "default", new JsonObject { ["metadata"] = new JsonObject { ["name"] = name ?? image }, ["spec"] = spec });
    }

    private void Delete(string pod) => _cluster.Resources.Delete(ResourceType.Pods, "default", pod, new CacheMachine.Simulator.Api.DeleteOptions());

    private IEnumerable<StoredObject> Items(ResourceType type) => _cluster.Resources.Store.Snapshot(type).Items;

    private JsonObject? Pod(string name) => _cluster.Resources.Store.Get(ResourceType.Pods, "default", name)?.Parse();

    private JsonObject? Status(string pod) => Pod(pod).Maps("status", "containerStatuses").FirstOrDefault();

    private bool Running(string pod) => Status(pod).Map("state", "running") is not null;

    private bool Waiting(string pod, string reason) => Status(pod).Text("state", "waiting", "reason") == reason;

    private string Message(string pod) => Status(pod).Text("state", "waiting", "message") ?? "";

    private JsonObject NodeObject() => _cluster.Resources.Store.Get(ResourceType.Nodes, "", "n1")!.Parse();

    private JsonObject Ready() => NodeObject().Maps("status", "conditions").Single(condition => condition.Text("type") == "Ready");

    private List<string> Reported() => [.. NodeObject().Maps("status", "images").SelectMany(image => image.Texts("names"))];
}
