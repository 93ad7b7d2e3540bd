using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using CacheMachine.EndToEnd.Tests.Harness;
using CacheMachine.Simulator;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>One replica whose journal takes nothing, or gives nothing, for a while.</summary>
public abstract class JournalAway(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Machines = 12;

    /// <summary>Real time: what is promised in seconds is printed, and here is room for a busy computer.</summary>
    protected static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private static readonly string[] Names = [.. Enumerable.Range(0, Machines).Select(i => string.Create(CultureInfo.InvariantCulture, $"m{i}"))];

    private SimulatorUnderTest _cluster = null!;
    private OwnProcess? _service;

    private protected SimulatorUnderTest Cluster => _cluster;

    private protected OwnProcess Service => _service!;

    public virtual async Task InitializeAsync() => _cluster = await SimulatorUnderTest.StartAsync(new SimulatedClusterOptions { Nodes = 2, SerializePulls = false });

    public virtual async Task DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
            output.WriteLine(string.Join(Environment.NewLine, _service.Output));
        }
        await _cluster.DisposeAsync();
    }

    /// <summary>Starts the service, and waits until all images of all machines are available.</summary>
    /// <param name="data">Its directory.</param>
    /// <param name="environment">Its settings.</param>
    protected async Task BeginAsync(string data, IReadOnlyDictionary<string, string> environment)
    {
        await _cluster.PushAsync("a", "1");
        _service = OwnProcess.Launch(_cluster.Flags(data), environment);
        await _service.ListensAsync();
        await Eventually.Is(() => AskAsync(HttpMethod.Get, ""), answer => answer.Status == 200, Soon, "it answers");
        foreach (var name in Names)
            await Service.PostAsync(Machine(name));
        foreach (var name in Names)
            await Service.BecomesAvailableAsync(name, 1, Soon);
        await Eventually.Is(_cluster.DaemonSetsAsync, sets => sets.Count == 0, Soon, "no DaemonSet is left");
    }

    /// <summary>A change in the cluster that every machine wants to store something about.</summary>
    protected void Change() => _cluster.Cluster.AddNode("new");

    /// <summary>
    /// Everything can be read, at once or after a second: from a machine as it is, or else as it was, and marked.
    /// </summary>
    /// <param name="isChanged">After <see cref="Change"/>: what is read may know of the new node, on which nothing is, or may not.</param>
    protected async Task EverythingIsReadAsync(bool isChanged = false)
    {
        var list = await AskAsync(HttpMethod.Get, "");
        Assert.Equal(200, list.Status);
        Assert.Equal(Names.Order(StringComparer.Ordinal), list.Json.AsArray().Select(name => (string)name!));
        var answers = await Task.WhenAll(Names.SelectMany(name => new[] { $"{name}/available", $"{name}/desired", name }).Select(path => AskAsync(HttpMethod.Get, path)));
        foreach (var answer in answers)
        {
            Assert.True(answer.Status == 200, answer.ToString());
            Assert.True(answer.IsStale == answer.LastModified is not null, answer.ToString());
            if (answer.IsStale && !isChanged)
                Assert.Equal(1, answer.Images);
        }
        output.WriteLine($"{answers.Count(answer => answer.IsStale)} of {answers.Length} reads are stale, the slowest took {answers.Max(answer => answer.Took).TotalSeconds:0.00} s");
    }

    /// <summary>Waits until every machine's actor has seen <see cref="Change"/>, and has tried to store something about it.</summary>
    protected async Task ChangeIsSeenAsync() => await Eventually.Is(
        () => Task.WhenAll(Names.Select(name => AskAsync(HttpMethod.Get, $"{name}/available"))),
        answers => answers.All(answer => answer is { Status: 200, IsStale: true } or { Status: 200, Images: 0 }), Soon,
        "all machines have seen the new node, or cannot be asked", answers => string.Join(Environment.NewLine, answers.Select(answer => answer.ToString())));

    /// <summary>Writes are refused within 5 s, with a reason that names no address.</summary>
    /// <param name="reasons">One of these it must say.</param>
    protected async Task WritesAreRefusedAsync(params string[] reasons)
    {
        var writes = await Task.WhenAll(AskAsync(HttpMethod.Post, "", Machine("refused")), AskAsync(HttpMethod.Delete, Names[0]));
        foreach (var write in writes)
        {
            output.WriteLine(write.ToString());
            Assert.True(write is { Status: 503, HasRetryAfter: true }, write.ToString());
            Assert.Contains(reasons, reason => write.Text.Contains(reason, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain("127.0.0.1", (string)write.Json["detail"]!, StringComparison.Ordinal);
        }
    }

    /// <summary>The replica is still ready, and says that its journal is not.</summary>
    protected async Task IsReadyAsync()
    {
        using var answer = await Service.Http.GetAsync(new Uri("/healthz/ready", UriKind.Relative));
        var text = await answer.Content.ReadAsStringAsync();
        output.WriteLine(text);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var journal = JsonNode.Parse(text)!["checks"]!.AsArray().Single(check => (string)check!["name"]! == "journal")!;
        Assert.Equal("degraded", (string)journal["status"]!);
        Assert.DoesNotContain("127.0.0.1", text, StringComparison.Ordinal);
    }

    /// <summary>Waits until everything is as if nothing had been, and prints how long that takes.</summary>
    protected async Task AllIsBackAsync(string since)
    {
        var began = TimeProvider.System.GetTimestamp();
        var written = await Eventually.Is(() => AskAsync(HttpMethod.Post, "", Machine("after")), answer => answer.Status == 200, Soon, "a machine can be created");
        await Eventually.Is(
            () => Task.WhenAll(Names.Select(name => AskAsync(HttpMethod.Get, name))), answers => answers.All(answer => answer is { Status: 200, IsStale: false }), Soon,
            "all machines answer themselves", answers => string.Join(Environment.NewLine, answers.Select(answer => answer.ToString())));
        output.WriteLine($"{since}: writes work after {written.TotalSeconds:0.0} s, all machines run after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.0} s");
        foreach (var name in Names.Append("after"))
            await Service.IsAsync(name, machine => machine["nodes"]!.AsArray().Count == 3 && (string)machine["phase"]! == "Ready", Soon, "the image is on the new node too");
        Assert.Equal(Names.Append("after").Order(StringComparer.Ordinal), await Service.NamesAsync());
    }

    private JsonObject Machine(string name) => Specs.Machine(name, Specs.Simple(("a", $"{_cluster.Registry}/a:1")));

    private protected async Task<Answered> AskAsync(HttpMethod method, string path, JsonObject? body = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var request = new HttpRequestMessage(method, new Uri($"/cachemachine/{path}", UriKind.Relative)) { Content = body is null ? null : new StringContent(body.ToJsonString()) };
        using var answer = await Service.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return new($"{method} {path}", (int)answer.StatusCode, text, TimeProvider.System.GetElapsedTime(began),
            answer.Headers.TryGetValues("Warning", out var warnings) && warnings.Any(warning => warning.StartsWith("110 ", StringComparison.Ordinal)),
            answer.Content.Headers.LastModified, answer.Headers.RetryAfter is not null);
    }

    private protected sealed record Answered(string What, int Status, string Text, TimeSpan Took, bool IsStale, DateTimeOffset? LastModified, bool HasRetryAfter)
    {
        public JsonNode Json => JsonNode.Parse(Text)!;

        public int Images => (Json["images"] ?? Json["available_images"])!.AsArray().Count;

        public override string ToString() => $"{What}: {Status}{(IsStale ? $" (stale, of {LastModified:HH:mm:ss})" : "")} after {Took.TotalSeconds:0.00} s: {Text[..Math.Min(Text.Length, 300)]}";
    }
}
