using System.Runtime.CompilerServices;
using CacheMachine.Kubernetes.Errors;
using CacheMachine.Kubernetes.Resources;

namespace CacheMachine.Kubernetes.Watch;

/// <summary>
/// Follows one kind for ever: a list, then watches one after another, each from the last resourceVersion seen (bookmarks included); a new list
/// only when the server no longer knows that version. Errors are told and tried again with backoff.
/// </summary>
/// <param name="resource">Kind and namespace.</param>
/// <param name="selector">Which objects.</param>
/// <param name="options">Times; null for the defaults.</param>
public sealed class Watcher<T>(ResourceClient<T> resource, ListOptions selector, WatcherOptions? options = null)
    where T : class, IKubernetesObject
{
    private readonly WatcherOptions _options = options ?? new WatcherOptions();
    private readonly TimeProvider _time = resource.Options.Time;

    /// <summary>Never ends by itself. A second call is a second, independent watch.</summary>
    /// <exception cref="OperationCanceledException">The token is cancelled.</exception>
    public async IAsyncEnumerable<WatchEvent<T>> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var progress = new Progress();
        while (true)
        {
            if (progress.Version is null)
            {
                (var list, progress.Error) = await TryAsync(() => resource.ListAsync(selector, cancellationToken));
                progress.Version = list?.ResourceVersion;
                if (list is not null)
                    yield return new WatchEvent<T>.Reset(list.Items, list.ResourceVersion, progress.WhyList);
            }

            if (progress.Version is not null)
            {
                await foreach (var change in WatchOnceAsync(progress, cancellationToken))
                    yield return change;
            }

            if (progress.Error is not { } error || ListAtOnce(progress, error))
                continue;
            progress.Failures++;
            var wait = Backoff(progress.Failures);
            yield return new WatchEvent<T>.Interrupted(error, _time.GetUtcNow() + wait, progress.Failures);
            await Task.Delay(wait, _time, cancellationToken);
        }
    }

    /// <summary>One watch from the last version to its end; leaves in <paramref name="progress"/> how far it came and why it ended.</summary>
    private async IAsyncEnumerable<WatchEvent<T>> WatchOnceAsync(
        Progress progress, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        var server = _options.ServerTimeout * (1 + _options.Random.NextDouble());
        (var stream, progress.Error) = await TryAsync(() =>
            resource.WatchAsync(progress.Version!, selector, server, server + _options.ClientGrace, cancellationToken));
        if (stream is null)
            yield break;

        await using var open = stream;
        yield return new WatchEvent<T>.Connected(progress.Version!);
        var frames = 0;
        while (true)
        {
            (var frame, progress.Error) = await TryAsync(() => open.ReadAsync().AsTask());
            if (frame is null)
                break;
            frames++;
            progress.Failures = 0;
            progress.Version = frame.ResourceVersion;
            if (ToEvent(frame) is { } change)
                yield return change;
        }

        if (progress.Error is { IsExpired: true } || frames > 0)
            yield break;
        if (_time.GetElapsedTime(began) >= _options.ShortestWatch)
            progress.Failures = 0;
        else
            progress.Error ??= EndedAtOnce();
    }

    /// <summary>
    /// True when a new list cures the error without a wait: a version that is no longer known is nobody's fault. A second time in a row it
    /// has to wait like any other error.
    /// </summary>
    private static bool ListAtOnce(Progress progress, ApiError error)
    {
        if (!error.IsExpired && !error.IsVersionFromTheFuture)
            return false;
        var watched = progress.Version is not null;
        progress.Version = null;
        progress.WhyList = error.ToString();
        if (!watched || progress.Failures > 0)
            return false;
        progress.Failures = 1;
        return true;
    }

    private TimeSpan Backoff(int failures)
    {
        var doubled = _options.MinBackoff * Math.Pow(2, Math.Min(failures - 1, 20));
        var longest = doubled < _options.MaxBackoff ? doubled : _options.MaxBackoff;
        return longest * (0.5 + (_options.Random.NextDouble() / 2));
    }

    private ApiError EndedAtOnce() => new(
        new ApiOperation("watch", resource.QualifiedName, resource.Namespace),
        ApiErrorReason.Unreachable,
        $"the watch ended in order, but without any frame and within {_options.ShortestWatch.TotalSeconds:0.###} s");

    private static WatchEvent<T>? ToEvent(WatchFrame<T> frame) => frame.Type switch
    {
        WatchFrameType.Added => new WatchEvent<T>.Added(frame.Object!),
        WatchFrameType.Modified => new WatchEvent<T>.Modified(frame.Object!),
        WatchFrameType.Deleted => new WatchEvent<T>.Deleted(frame.Object!),
        _ => null,
    };

    private static async Task<(TValue? Value, ApiError? Error)> TryAsync<TValue>(Func<Task<TValue>> call)
    {
        try
        {
            return (await call(), null);
        }
        catch (KubernetesApiException e)
        {
            return (default, e.Error);
        }
    }

    private sealed class Progress
    {
        public string? Version { get; set; }

        public string WhyList { get; set; } = "the first list";

        public ApiError? Error { get; set; }

        public int Failures { get; set; }
    }
}
