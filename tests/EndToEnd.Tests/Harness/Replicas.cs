using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CacheMachine.Actors.CacheMachines;
using CacheMachine.Kubernetes;
using CacheMachine.Kubernetes.Resources;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>Several replicas of the service on one cluster and one database.</summary>
internal sealed class Replicas : IAsyncDisposable
{
    /// <summary>A request that gets no answer in this time has none.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new() { Timeout = Patience };

    /// <param name="count">How many.</param>
    /// <param name="settings">What they have in common.</param>
    /// <param name="client">To watch their Leases, past the proxies.</param>
    public Replicas(int count, ReplicaSettings settings, KubernetesClient client)
    {
        All = [.. Enumerable.Range(1, count).Select(number => new Replica($"r{number}", settings))];
        Leases = new ObjectHistory<Lease>(client.Leases(settings.Namespace), "cachemachine=lease");
    }

    /// <summary>Running or not.</summary>
    public IReadOnlyList<Replica> All { get; }

    /// <summary>Those with a process.</summary>
    public IReadOnlyList<Replica> Running => [.. All.Where(replica => replica.IsRunning)];

    /// <summary>Every version of the Leases since the beginning.</summary>
    public ObjectHistory<Lease> Leases { get; }

    /// <summary>One of those that run.</summary>
    public Replica Any() => Running is { Count: > 0 } running ? running[Random.Shared.Next(running.Count)] : throw new InvalidOperationException("no replica runs");

    /// <summary>Those that run, but this one.</summary>
    public IReadOnlyList<Replica> Others(Replica than) => [.. Running.Where(replica => replica != than)];

    /// <summary>Starts those that do not run, at the same time.</summary>
    public Task StartAsync() => Task.WhenAll(All.Where(replica => !replica.IsRunning).Select(replica => replica.StartAsync()));

    /// <summary>All of what one replica reads and writes for a shard is decided by this Lease.</summary>
    public static string ShardLease(string entity) => $"{ReplicaSettings.ClusterName}-shard-{new MachineMessageExtractor(ReplicaSettings.Shards).ShardId(entity)}";

    /// <summary>Who holds the shard of a machine, as its Lease says; null for nobody.</summary>
    /// <returns>As <c>replica_incarnation</c>.</returns>
    public string? Holder(string machine) =>
        Leases.Present.FirstOrDefault(lease => lease.Metadata.Name == ShardLease(machine))?.Spec?.HolderIdentity is { Length: > 0 } holder ? holder : null;

    /// <summary>Waits until somebody holds the shard of a machine, and says who.</summary>
    public async Task<Replica> OwnerAsync(string machine)
    {
        await Eventually.Is(
            () => Task.FromResult(Holder(machine)), holder => holder is not null, TimeSpan.FromSeconds(20), $"somebody holds {ShardLease(machine)}", _ => ShowLeases());
        return Named(Holder(machine)!);
    }

    /// <summary>The replica that a Lease's holder identity belongs to.</summary>
    public Replica Named(string holder) => All.Single(replica => replica.Name == holder.Split('_')[0]);

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
                replica.Name, (int)answer.StatusCode, await answer.Content.ReadAsStringAsync(limit.Token), answer.Headers.RetryAfter is not null, start,
                TimeProvider.System.GetTimestamp());
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or InvalidOperationException)
        {
            return new Answer(replica.Name, 0, e is OperationCanceledException ? "no answer in time" : e.ToString(), false, start, TimeProvider.System.GetTimestamp());
        }
    }

    public Task<Answer> GetAsync(Replica replica, string path, TimeSpan? patience = null) => SendAsync(replica, HttpMethod.Get, path, null, patience);

    public Task<Answer> PostAsync(Replica replica, JsonObject spec) => SendAsync(replica, HttpMethod.Post, "/cachemachine/", spec);

    public Task<Answer> DeleteAsync(Replica replica, string machine) => SendAsync(replica, HttpMethod.Delete, Path(machine));

    /// <summary>Of a machine.</summary>
    public static string Path(string machine) => $"/cachemachine/{machine}";

    /// <summary>Waits until every one of these replicas answers for every one of these machines, and lists them.</summary>
    /// <returns>How long it took.</returns>
    public Task<TimeSpan> AnswerAsync(IReadOnlyList<Replica> replicas, IReadOnlyList<string> machines, TimeSpan within) => Eventually.Is(
        async () =>
        {
            var paths = machines.Select(Path).Prepend("/cachemachine/");
            var answers = await Task.WhenAll(replicas.SelectMany(replica => paths.Select(path => GetAsync(replica, path, within))));
            return answers.Where(answer => answer.Status != (int)HttpStatusCode.OK).ToList();
        },
        failed => failed.Count == 0, within, $"{string.Join(", ", replicas.Select(replica => replica.Name))} answer for {machines.Count} machines",
        failed => $"{failed.Count} not answered: {string.Join("; ", failed.Take(5))}");

    /// <summary>Waits until every shard is held by a process that runs, and each replica that runs holds some.</summary>
    public Task<TimeSpan> ShareAsync(TimeSpan within) => Eventually.Is(
        () => Task.FromResult(Held()),
        held => held.Count == ReplicaSettings.Shards && held.All(holder => Named(holder).IsRunning) && IsFair([.. held.GroupBy(Named).Select(shards => shards.Count())]),
        within, $"{Running.Count} replicas share {ReplicaSettings.Shards} shards", _ => ShowLeases());

    // Until then shards still move, and their machines with them.
    private bool IsFair(int[] shares) => shares.Length == Running.Count && shares.Max() - shares.Min() <= 1;

    /// <summary>The holders of the shards that are held.</summary>
    public IReadOnlyList<string> Held() =>
    [
        .. Leases.Present.Where(lease => lease.Metadata.Name!.StartsWith($"{ReplicaSettings.ClusterName}-shard-", StringComparison.Ordinal))
            .Select(lease => lease.Spec?.HolderIdentity).OfType<string>().Where(holder => holder.Length > 0),
    ];

    /// <summary>Lets everything pass again, wakes and starts what does not run, and waits until all answer for these machines.</summary>
    public async Task<TimeSpan> RecoverAsync(TimeSpan within, params string[] machines)
    {
        var start = TimeProvider.System.GetTimestamp();
        foreach (var replica in All)
        {
            replica.Api.Traffic = replica.Peers.Traffic = Traffic.Forward;
            if (replica.Database is { } database)
                database.Traffic = Traffic.Forward;
            if (replica.IsRunning)
                replica.Process.Thaw();
        }
        await StartAsync();
        await ShareAsync(within);
        await AnswerAsync(All, machines, within);
        return TimeProvider.System.GetElapsedTime(start);
    }

    /// <summary>The Leases as they are.</summary>
    public string ShowLeases() => string.Join(
        "; ", Leases.Present.OrderBy(lease => lease.Metadata.Name, StringComparer.Ordinal).Select(lease => $"{lease.Metadata.Name}: {lease.Spec?.HolderIdentity}"));

    /// <summary>The last lines of all replicas.</summary>
    public string ShowOutput(int lines = 80) => string.Join(
        Environment.NewLine, All.SelectMany(replica => replica.Output.TakeLast(lines).Select(line => $"{replica.Name}: {line}")));

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in All)
            await replica.DisposeAsync();
        await Leases.DisposeAsync();
        _http.Dispose();
    }
}

/// <summary>What a replica answered.</summary>
/// <param name="Replica">Which.</param>
/// <param name="Status">HTTP; 0 for no answer.</param>
/// <param name="Body">Or why there was no answer.</param>
/// <param name="HasRetryAfter">Whether it says when to ask again.</param>
/// <param name="Asked">When, as <see cref="TimeProvider.GetTimestamp"/>.</param>
/// <param name="Answered">When.</param>
internal sealed record Answer(string Replica, int Status, string Body, bool HasRetryAfter, long Asked, long Answered)
{
    /// <summary>2xx.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The body.</summary>
    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>Fails unless it is 2xx.</summary>
    public Answer Successful() => IsSuccess ? this : throw new InvalidOperationException(ToString());

    /// <summary>In which time it came.</summary>
    public TimeSpan Took => TimeProvider.System.GetElapsedTime(Asked, Answered);

    public override string ToString() => $"{Replica} answered {Status} after {Took.TotalSeconds:0.0} s: {(Body.Length > 300 ? Body[..300] : Body)}";
}
