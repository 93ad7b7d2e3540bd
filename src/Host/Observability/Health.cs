using System.Text.Json;
using System.Text.Json.Serialization;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using CacheMachine.Actors;
using CacheMachine.Actors.Nodes;
using CacheMachine.Host.Api;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CacheMachine.Host.Observability;

/// <summary>
/// What kubelet asks: <c>/healthz/live</c>, whether this process should be started anew, and <c>/healthz/ready</c>, whether requests should come to it. Where the
/// database or the API server is away it is degraded, which is 200: reads are answered all the same, and another replica could do no more.
/// </summary>
internal static class Health
{
    /// <summary>Tag of checks without which this replica can answer nothing.</summary>
    public const string Ready = "ready";

    private const string Live = "live";

    // kubelet waits for 1 s unless told.
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(800);

    /// <summary>The checks of Akka.NET and of our own parts, but for the journal's breaker, which is the journal's.</summary>
    /// <param name="akka">The actor system.</param>
    /// <param name="troubles">Of the journal.</param>
    public static AkkaConfigurationBuilder AddHealth(this AkkaConfigurationBuilder akka, JournalTroubles troubles) => akka
        .WithActorSystemLivenessCheck(tags: [Live])
        .WithAkkaClusterReadinessCheck(tags: [Ready])
        .WithHealthCheck("journal", (_, _, _) => Task.FromResult(JournalOf(troubles.Recent)), HealthStatus.Degraded, [Ready])
        .WithHealthCheck("kubernetes", async (_, registry, cancelled) => ClusterOf(await AskAsync(registry, cancelled)), HealthStatus.Degraded, [Ready]);

    /// <summary>To be called after the actor system has its checks: none takes longer than kubelet waits.</summary>
    public static WebApplicationBuilder AddHealth(this WebApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks();
        builder.Services.PostConfigure<HealthCheckServiceOptions>(options =>
        {
            foreach (var check in options.Registrations)
                check.Timeout = Timeout;
        });
        // Each asking would be a line; what is wrong is logged by what is wrong.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        return builder;
    }

    /// <summary>The routes, which no prefix changes.</summary>
    public static void MapHealth(this WebApplication web)
    {
        var words = web.Services.GetRequiredService<AddressRedaction>();
        foreach (var tag in new[] { Live, Ready })
        {
            web.MapHealthChecks($"/healthz/{tag}", new HealthCheckOptions
            {
                Predicate = check => check.Tags.Contains(tag),
                ResponseWriter = (http, report) => WriteAsync(http, report, words),
            });
        }
    }

    /// <summary>How the journal is.</summary>
    /// <param name="trouble">What is wrong with it; null for nothing.</param>
    public static HealthCheckResult JournalOf(string? trouble) =>
        trouble is null ? HealthCheckResult.Healthy("it works") : HealthCheckResult.Degraded($"reads go on, writes are refused: {trouble}");

    /// <summary>How the API server is, as far as the watches tell.</summary>
    public static HealthCheckResult ClusterOf(ClusterView view)
    {
        if (!view.Troubles.IsEmpty)
            return HealthCheckResult.Degraded($"the watch is broken, and set up again, of: {string.Join(", ", view.Troubles.Keys.Order())}");
        return view.IsSynced ? HealthCheckResult.Healthy("it is watched") : HealthCheckResult.Degraded("the cluster has not been listed yet");
    }

    private static async Task<ClusterView> AskAsync(ActorRegistry registry, CancellationToken cancelled) =>
        (await registry.Get<ClusterWatcherActor>().Ask<ClusterSeen>(GetCluster.Instance, cancelled)).View;

    // Neither exceptions nor data: they are for the log.
    private static Task WriteAsync(HttpContext http, HealthReport report, AddressRedaction words)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        var answer = new HealthAnswer(Text(report.Status), [.. report.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry =>
            new HealthCheckAnswer(entry.Key, Text(entry.Value.Status), entry.Value.Description is { } description ? words.Of(description) : null))]);
        return JsonSerializer.SerializeAsync(http.Response.Body, answer, HealthJson.Default.HealthAnswer, http.RequestAborted);
    }

    private static string Text(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };
}

/// <summary>How the replica is.</summary>
/// <param name="Status"><c>healthy</c>, <c>degraded</c> or <c>unhealthy</c>: that of the worst of its parts.</param>
/// <param name="Checks">Its parts, by name.</param>
internal sealed record HealthAnswer(string Status, IReadOnlyList<HealthCheckAnswer> Checks);

/// <summary>How a part is.</summary>
/// <param name="Name">The part.</param>
/// <param name="Status">As of the whole.</param>
/// <param name="Description">In words.</param>
internal sealed record HealthCheckAnswer(string Name, string Status, string? Description);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HealthAnswer))]
internal sealed partial class HealthJson : JsonSerializerContext;
