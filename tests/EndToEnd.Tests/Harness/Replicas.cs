using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>Several replicas of the service on one cluster and one database.</summary>
internal sealed class Replicas : IAsyncDisposable
{
    /// <summary>A request that gets no answer in this time has none.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new() { Timeout = Patience };

    /// <param name="count">How many.</param>
    /// <param name="settings">What they have in common.</param>
    public Replicas(int count, ReplicaSettings settings) => All = [.. Enumerable.Range(1, count).Select(number => new Replica(number, settings))];

    /// <summary>Running or not.</summary>
    public IReadOnlyList<Replica> All { get; }

    /// <summary>Those with a process.</summary>
    public IReadOnlyList<Replica> Running => [.. All.Where(replica => replica.IsRunning)];

    /// <summary>One of those that run.</summary>
    public Replica Any() => Running is { Count: > 0 } running ? running[Random.Shared.Next(running.Count)] : throw new InvalidOperationException("no replica runs");

    /// <summary>Those that run, but this one.</summary>
    public IReadOnlyList<Replica> Others(Replica than) => [.. Running.Where(replica => replica != than)];

    /// <summary>Starts those that do not run, at the same time.</summary>
    public Task StartAsync() => Task.WhenAll(All.Where(replica => !replica.IsRunning).Select(replica => replica.StartAsync()));

    /// <summary>Who runs a machine: the one that was the last to speak of it in its log, as each does that begins to.</summary>
    public Replica? Owner(string machine) => LastToSay($"Machine {machine}: ", $"Machine {machine} runs ");

    /// <summary>Who has the supervisor.</summary>
    public Replica? Oldest() => LastToSay("Supervising ");

    private Replica? LastToSay(params string[] words) => All
        .Select(replica => (Replica: replica, replica.Lines.LastOrDefault(line => words.Any(word => line.Text.Contains(word, StringComparison.Ordinal))).At))
        .Where(said => said.At > 0).OrderBy(said => said.At).LastOrDefault().Replica;

    /// <summary>Waits until somebody runs a machine, and says who.</summary>
    public async Task<Replica> OwnerAsync(string machine)
    {
        await Eventually.Is(() => Task.FromResult(Owner(machine)), owner => owner is { IsRunning: true }, TimeSpan.FromSeconds(20), $"somebody runs {machine}");
        return Owner(machine)!;
    }

    /// <summary>Asks one replica.</summary>
    /// <returns>Its answer; status 0 where there was none, with the reason as the body.</returns>
    public async Task<Answer> SendAsync(Replica replica, HttpMethod method, string path, JsonObject? body = null, TimeSpan? patience = null)
    {
        var start = TimeProvider.System.GetTimestamp();
        using var limit = new CancellationTokenSource(patience ?? Patience, TimeProvider.System);
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(replica.Process.Address, path)) { Content = body is null ? null : JsonContent.Create(body) };
            using var answer = await _http.SendAsync(request, limit.Token);
            return new Answer(
                replica.Name, (int)answer.StatusCode, await answer.Content.ReadAsStringAsync(limit.Token), answer.Headers.RetryAfter is not null,
                answer.Headers.Warning.Any(warning => warning.Code == 110), start, TimeProvider.System.GetTimestamp());
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or InvalidOperationException)
        {
            return new Answer(replica.Name, 0, e is OperationCanceledException ? "no answer in time" : e.ToString(), false, false, start, TimeProvider.System.GetTimestamp());
        }
    }

    public Task<Answer> GetAsync(Replica replica, string path, TimeSpan? patience = null) => SendAsync(replica, HttpMethod.Get, path, null, patience);

    public Task<Answer> PostAsync(Replica replica, JsonObject spec) => SendAsync(replica, HttpMethod.Post, "/cachemachine/", spec);

    /// <summary>Makes a machine, by any of them; asks again where one is busy, as one is that has just begun on a busy computer.</summary>
    public Task CreateAsync(JsonObject spec) => Eventually.Is(
        () => PostAsync(Any(), JsonNode.Parse(spec.ToJsonString())!.AsObject()), answer => answer.IsSuccess, TimeSpan.FromMinutes(1), "the machine is made");

    public Task<Answer> DeleteAsync(Replica replica, string machine) => SendAsync(replica, HttpMethod.Delete, Path(machine));

    /// <summary>Of a machine.</summary>
    public static string Path(string machine) => $"/cachemachine/{machine}";

    /// <summary>Waits until every one of these replicas answers for every one of these machines from who runs it, and lists them.</summary>
    /// <returns>How long it took.</returns>
    public Task<TimeSpan> AnswerAsync(IReadOnlyList<Replica> replicas, IReadOnlyList<string> machines, TimeSpan within) => Eventually.Is(
        () => NotAnsweredAsync(replicas, machines), failed => failed.Count == 0, within,
        $"{string.Join(", ", replicas.Select(replica => replica.Name))} answer for {machines.Count} machines", Show);

    private async Task<List<Answer>> NotAnsweredAsync(IReadOnlyList<Replica> replicas, IReadOnlyList<string> machines)
    {
        var paths = machines.Select(Path).Prepend("/cachemachine/");
        var answers = await Task.WhenAll(replicas.SelectMany(replica => paths.Select(path => GetAsync(replica, path))));
        return [.. answers.Where(answer => answer.Status != (int)HttpStatusCode.OK || answer.IsCopy)];
    }

    private static string Show(List<Answer> failed) => $"{failed.Count} not answered: {string.Join("; ", failed.Take(5))}";

    /// <summary>Waits until every replica that runs has joined the others.</summary>
    public Task<TimeSpan> JoinAsync(TimeSpan within) => Eventually.Is(
        () => Task.FromResult(NotJoined()), missing => missing.Count == 0, within, $"{Running.Count} replicas have joined", missing => $"not {string.Join(", ", missing)}");

    private bool AreJoined => Running.Count == All.Count && NotJoined().Count == 0;

    // The log of each says so, since its process began.
    private List<string> NotJoined() => [.. Running.Where(replica => !replica.Process.Output.Any(line =>
        line.Contains("This replica", StringComparison.Ordinal) && line.Contains("has joined", StringComparison.Ordinal))).Select(replica => replica.Name)];

    /// <summary>Lets everything pass again, wakes and starts what does not run, and waits until all answer for these machines.</summary>
    public async Task<TimeSpan> RecoverAsync(TimeSpan within, params string[] machines)
    {
        var start = TimeProvider.System.GetTimestamp();
        foreach (var replica in All)
        {
            replica.Api.Traffic = replica.Peers.Traffic = Traffic.Forward;
            replica.Peers.SilentFor = [];
            if (replica.Database is { } database)
                database.Traffic = Traffic.Forward;
            if (replica.IsRunning)
                replica.Process.Thaw();
        }
        await Eventually.Is(
            async () =>
            {
                // As kubelet does with one that has ended, also meanwhile.
                await StartAsync();
                return AreJoined ? await NotAnsweredAsync(All, machines) : [];
            },
            failed => AreJoined && failed.Count == 0, within, "all have joined and answer", failed => $"{string.Join(", ", NotJoined())}; {Show(failed)}");
        return TimeProvider.System.GetElapsedTime(start);
    }

    /// <summary>The network between two groups of replicas drops every packet; within each all is well.</summary>
    public static void Split(IReadOnlyList<Replica> one, IReadOnlyList<Replica> other)
    {
        foreach (var replica in one)
            replica.Peers.SilentFor = [.. replica.Peers.SilentFor, .. other.Select(far => far.Host)];
        foreach (var replica in other)
            replica.Peers.SilentFor = [.. replica.Peers.SilentFor, .. one.Select(far => far.Host)];
    }

    /// <summary>The last lines of all replicas, in their order.</summary>
    public string ShowOutput(int lines = 300) => string.Join(
        Environment.NewLine,
        All.SelectMany(replica => replica.Lines.Select(line => (line.At, Text: $"{replica.Name}: {line.Text}"))).OrderBy(line => line.At).TakeLast(lines).Select(line => line.Text));

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in All)
            await replica.DisposeAsync();
        _http.Dispose();
    }
}

/// <summary>What a replica answered.</summary>
/// <param name="Replica">Which.</param>
/// <param name="Status">HTTP; 0 for no answer.</param>
/// <param name="Body">Or why there was no answer.</param>
/// <param name="HasRetryAfter">Whether it says when to ask again.</param>
/// <param name="IsCopy">Whether it is a copy of an earlier answer.</param>
/// <param name="Asked">When, as <see cref="TimeProvider.GetTimestamp"/>.</param>
/// <param name="Answered">When.</param>
internal sealed record Answer(string Replica, int Status, string Body, bool HasRetryAfter, bool IsCopy, long Asked, long Answered)
{
    /// <summary>2xx.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The body.</summary>
    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>Fails unless it is 2xx.</summary>
    public Answer Successful() => IsSuccess ? this : throw new InvalidOperationException(ToString());

    /// <summary>In which time it came.</summary>
    public TimeSpan Took => TimeProvider.System.GetElapsedTime(Asked, Answered);

    public override string ToString() => $"{Replica} answered {Status}{(IsCopy ? " (a copy)" : "")} after {Took.TotalSeconds:0.0} s: {(Body.Length > 300 ? Body[..300] : Body)}";
}
