using System.Net;
using System.Text.Json.Nodes;
using CacheMachine.EndToEnd.Tests.Harness;
using CacheMachine.Simulator;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>Tags that move, and registries that answer wrongly.</summary>
public sealed class MovedTags(ITestOutputHelper output) : SimulatorScenario(output)
{
    private static readonly string[] Tags = ["r21_0_0", "w_2021_22", "w_2021_21", "d_2021_06_15", "d_2021_06_14"];

    private readonly ITestOutputHelper _output = output;

    [Fact]
    public async Task A_tag_that_moved_is_pulled_again_everywhere_and_is_not_available_until_then()
    {
        await BeginRubinAsync();
        var available = await ImageAsync("available", "recommended");
        Assert.Equal(Cluster.Registry.Digest("rubin", "r21_0_0"), (string)available!["image_hash"]!);

        // The new one takes a second on each node.
        Cluster.Registry.Push("rubin", "w_2021_23", 1_000_000_000);
        var moved = Cluster.Registry.Move("rubin", "recommended", "w_2021_23");
        var noticed = await Eventually.Is(() => ImageAsync("available", "recommended"), image => image is null, TimeSpan.FromSeconds(5), "the moved tag is not available");
        Assert.Equal(moved, (string)(await ImageAsync("desired", "recommended"))!["image_hash"]!);
        Assert.NotEmpty(await Service.AvailableAsync("m"));
        var back = await Eventually.Is(
            () => ImageAsync("available", "recommended"), image => (string?)image?["image_hash"] == moved, Soon, "the moved tag is available with its new digest");
        _output.WriteLine($"not available {noticed.TotalSeconds:0.0} s after it moved (asked every second), available with the new digest {back.TotalSeconds:0.0} s later");
        Assert.All(Cluster.NodeNames, node => Assert.Contains(
            Cluster.Node(node).Images, image => image.Names.Contains($"{Registry}/rubin:recommended") && image.Names.Contains($"{Registry}/rubin@{moved}")));
        await NothingIsLeftAsync(Soon);
    }

    [Fact]
    public async Task A_tag_that_moves_back_and_forth_ends_where_it_stays()
    {
        await BeginRubinAsync();
        foreach (var tag in new[] { "w_2021_22", "w_2021_21", "r21_0_0", "w_2021_21" })
        {
            var moved = Cluster.Registry.Move("rubin", "recommended", tag);
            await Eventually.Is(() => ImageAsync("desired", "recommended"), image => (string?)image?["image_hash"] == moved, TimeSpan.FromSeconds(5), $"{tag} is desired");
        }
        var last = Cluster.Registry.Digest("rubin", "recommended");
        await Eventually.Is(() => ImageAsync("available", "recommended"), image => (string?)image?["image_hash"] == last, Soon, "the last one is available");
        await Service.BecomesAvailableAsync("m", 6, Soon);
        await NothingIsLeftAsync(Soon);
    }

    public static TheoryData<int, string, string> WrongAnswers => new()
    {
        { 500, "text/plain", "internal" },
        { 502, "text/html", "<html><body>Bad Gateway</body></html>" },
        { 404, "application/json", """{"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry"}]}""" },
        { 401, "text/html", "<html><body>Sign in</body></html>" },
        { 403, "application/json", """{"errors":[{"code":"DENIED","message":"requested access is denied"}]}""" },
        { 200, "text/html", "<html><body>Welcome to the captive portal</body></html>" },
        { 200, "application/json", "{}" },
        { 200, "application/json", """{"name":"rubin","tags":["r21_0_0","w_2021""" },
        { 204, "application/json", "" },
    };

    [Theory]
    [MemberData(nameof(WrongAnswers))]
    public async Task A_registry_that_answers_wrongly_keeps_the_old_list(int status, string contentType, string body)
    {
        await using var registry = await BeginBehindAProxyAsync();
        var before = await Service.GetAsync("/cachemachine/m/available");
        registry.Answer((status, contentType, body));
        await Service.IsAsync("m", m => ((string)m["message"]!).Contains("repository manager 0: ", StringComparison.Ordinal), TimeSpan.FromSeconds(5), "the registry's trouble is said");
        Assert.True(registry.Broken > 0);
        _output.WriteLine((string)(await Service.MachineAsync("m"))["message"]!);
        Assert.Equal(before.ToJsonString(), (await Service.GetAsync("/cachemachine/m/available")).ToJsonString());

        registry.Answer(null);
        await Service.IsAsync("m", m => !((string)m["message"]!).Contains("repository manager", StringComparison.Ordinal), Soon, "the registry is well again");
        Assert.Equal(before.ToJsonString(), (await Service.GetAsync("/cachemachine/m/available")).ToJsonString());
    }

    [Fact]
    public async Task A_registry_that_wants_fewer_requests_keeps_the_old_list()
    {
        await BeginRubinAsync();
        var before = await Service.GetAsync("/cachemachine/m/available");
        Cluster.Registry.Troubles.Fail(HttpStatusCode.TooManyRequests, "rubin");
        await Service.IsAsync("m", m => ((string)m["message"]!).Contains("repository manager 0: ", StringComparison.Ordinal), TimeSpan.FromSeconds(5), "the registry's trouble is said");
        Assert.Equal(before.ToJsonString(), (await Service.GetAsync("/cachemachine/m/available")).ToJsonString());
    }

    private static (string Key, string Value)[] Settings => [("REGISTRY__POLL_INTERVAL", "1s"), ("REGISTRY__BACKOFF_MAX", "1s")];

    private async Task BeginRubinAsync()
    {
        await BeginAsync(new SimulatedClusterOptions { Nodes = 3, Bandwidth = 1_000_000_000 }, Settings);
        await PostRubinAsync(Registry);
    }

    private async Task<BrokenRegistry> BeginBehindAProxyAsync()
    {
        var cluster = await BeginClusterAsync(new SimulatedClusterOptions { Nodes = 1 });
        var proxy = await BrokenRegistry.StartAsync(Registry);
        cluster.Registry.MirrorOf.Add(proxy.Host);
        await BeginServiceAsync([.. Settings, ("REGISTRY__INSECURE_HOSTS", $"{Registry},{proxy.Host}")]);
        await PostRubinAsync(proxy.Host);
        return proxy;
    }

    private async Task PostRubinAsync(string registry)
    {
        foreach (var tag in Tags)
            Push("rubin", tag);
        Cluster.Registry.Move("rubin", "recommended", "r21_0_0");
        await Service.PostAsync(Specs.Machine("m", Specs.Rubin(registry, "rubin")));
        await Service.BecomesAvailableAsync("m", 6, Soon);
    }

    private async Task<JsonNode?> ImageAsync(string list, string tag) => (await Service.GetAsync($"/cachemachine/m/{list}"))["images"]!.AsArray()
        .FirstOrDefault(image => ((string)image!["image_url"]!).EndsWith(":" + tag, StringComparison.Ordinal));
}
