using System.Text.Json;
using CacheMachine.Host.Kubernetes.Calls;

namespace CacheMachine.Host.Kubernetes.Watching;

/// <summary>
/// Follows one kind for ever: a list, then watches one after another, each from the last resourceVersion seen (bookmarks included); a new list only
/// when the server no longer knows that version. Errors are told and tried again with backoff. KubernetesClient's own watch ends quietly or with an
/// exception that depends on how the server ended it, outlives its time-out in silence, and neither resumes nor lists again.
/// </summary>
/// <param name="connection">The API server.</param>
/// <param name="kind">What is followed.</param>
/// <param name="json">How objects are read.</param>
/// <param name="versionOf"><c>metadata.resourceVersion</c> of an object.</param>
/// <param name="project">What is kept of an object, which is forgotten with its page. May be called again for the same object.</param>
/// <param name="times">Null for the defaults.</param>
internal sealed class Follower<TItem, TFact>(
    KubernetesConnection connection, WatchedKind kind, JsonSerializerOptions json, Func<TItem, string?> versionOf, Func<TItem, TFact> project,
    FollowTimes? times = null)
    where TItem : class
{
    private const int PageSize = 500;

    // Pages hang together by a token that the server forgets after minutes: then the list starts anew, and the last try is one page without a
    // limit, which cannot expire in between.
    private const int PagedTries = 2;

    private readonly FollowTimes _times = times ?? new FollowTimes();
    private readonly TimeProvider _time = connection.Time;
    private string? _version;
    private int _failures;
    private bool _proven;

    /// <summary>Never ends by itself. To be called once.</summary>
    /// <param name="tell">Gets everything, in order; what it throws ends the task.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="OperationCanceledException">The token is cancelled.</exception>
    public async Task RunAsync(Action<Followed<TFact>> tell, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (_version is null)
                    tell(new Followed<TFact>.Listed(await ListAsync(cancellationToken)));
                if (!await WatchAsync(tell, cancellationToken))
                    await Task.Delay(_times.MinBackoff, _time, cancellationToken);
            }
            catch (ApiException e)
            {
                // A version that is no longer known is nobody's fault, and a new list cures it: the first time at once.
                var atOnce = e.IsVersionUnknown && _version is not null && _failures == 0;
                if (e.IsVersionUnknown)
                    _version = null;
                _failures++;
                if (atOnce)
                    continue;
                _proven = false;
                tell(new Followed<TFact>.Interrupted(e.Words));
                await Task.Delay(Backoff(e), _time, cancellationToken);
            }
        }
    }

    private async Task<List<TFact>> ListAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var items = new List<TFact>();
            string? next = null;
            try
            {
                while (true)
                {
                    var page = await PageAsync(attempt > PagedTries ? null : PageSize, next, cancellationToken);
                    items.AddRange((page.Items ?? []).Select(project));
                    next = page.Metadata!.Continue;
                    if (!string.IsNullOrEmpty(next))
                        continue;
                    _version = page.Metadata.ResourceVersion;
                    return items;
                }
            }
            catch (ApiException e) when (e.IsVersionUnknown && next is not null)
            {
            }
        }
    }

    private Task<Page<TItem>> PageAsync(int? limit, string? next, CancellationToken cancellationToken) => connection.AskAsync(
        kind.Operation("list"),
        async (client, token) =>
        {
            using var response = await kind.ListAsync(client, limit, next, token);
            await using var body = await response.Content.ReadAsStreamAsync(token);
            var page = await JsonSerializer.DeserializeAsync<Page<TItem>>(body, json, token);
            return page?.Metadata?.ResourceVersion is null ? throw new JsonException("it is no list: it has no metadata.resourceVersion") : page;
        },
        cancellationToken);

    /// <summary>One watch from the last version to its end in order.</summary>
    /// <returns>Whether it stood long enough for the next one to begin at once.</returns>
    private async Task<bool> WatchAsync(Action<Followed<TFact>> tell, CancellationToken cancellationToken)
    {
        var operation = kind.Operation("watch");
        var timeout = TimeSpan.FromSeconds(Math.Ceiling((_times.Server * (1 + Random.Shared.NextDouble())).TotalSeconds));
        using var life = new Deadline(timeout + _times.Grace, _time, cancellationToken);
        using var response = await connection.AskAsync(
            operation, (client, token) => kind.WatchAsync(client, _version!, timeout, token), cancellationToken);
        var opened = _time.GetTimestamp();
        bool Stood() => _time.GetElapsedTime(opened) >= _times.Shortest;
        try
        {
            await using var body = await connection.InWordsAsync(operation, life, () => response.Content.ReadAsStreamAsync(life.Token));
            await using var frames = new FrameReader<TItem>(body, json);
            var told = 0;
            while (true)
            {
                var next = connection.InWordsAsync(operation, life, () => frames.ReadAsync(life.Token));
                if (!_proven && await Task.WhenAny(next, Task.Delay(_times.Shortest, _time, CancellationToken.None)) != next)
                    Resume(tell);
                if (await next is not { } frame)
                    return Stood() || (told > 0 ? false : throw new ApiException(operation, new ApiFailure("Unreachable", "the watch ended at once")));
                if (frame.Error is { } status)
                    throw new ApiException(operation, ApiFailures.OfStatus(status, status.Code ?? 0));
                told++;
                Resume(tell);
                Tell(frame, operation, tell);
            }
        }
        finally
        {
            if (Stood())
                _failures = 0;
        }
    }

    private void Tell(Frame<TItem> frame, ApiOperation operation, Action<Followed<TFact>> tell)
    {
        var version = frame.Object is { } item ? versionOf(item) : null;
        _version = version ?? throw Malformed(operation, "a watch frame's object has no metadata.resourceVersion");
        switch (frame.Type)
        {
            case "ADDED" or "MODIFIED":
                tell(new Followed<TFact>.Changed(project(frame.Object!)));
                break;
            case "DELETED":
                tell(new Followed<TFact>.Deleted(project(frame.Object!)));
                break;
            case "BOOKMARK":
                break;
            default:
                throw Malformed(operation, $"a watch frame has the unknown type '{frame.Type}'");
        }
    }

    private void Resume(Action<Followed<TFact>> tell)
    {
        if (!_proven)
            tell(new Followed<TFact>.Resumed());
        _proven = true;
    }

    private TimeSpan Backoff(ApiException e)
    {
        var doubled = _times.MinBackoff * Math.Pow(2, Math.Min(_failures - 1, 20));
        var wait = (doubled < _times.MaxBackoff ? doubled : _times.MaxBackoff) * (0.5 + (Random.Shared.NextDouble() / 2));
        var asked = e.Failure.RetryAfter ?? TimeSpan.Zero;
        return wait > asked ? wait : asked < _times.MaxRetryAfter ? asked : _times.MaxRetryAfter;
    }

    private static ApiException Malformed(ApiOperation operation, string problem) =>
        new(operation, new ApiFailure("Malformed", $"the answer is not what the API promises: {problem}"));
}
