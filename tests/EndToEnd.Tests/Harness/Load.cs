using System.Collections.Concurrent;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>
/// Users who ask at a constant rate, whatever the answers are like. Each picks a replica that runs, as a Kubernetes Service does; where that one ends
/// before it has answered, it asks again.
/// </summary>
internal sealed class Load : IAsyncDisposable
{
    // Two replicas may end while they are asked.
    private const int MostTries = 3;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    private readonly Replicas _replicas;
    private readonly IReadOnlyList<string> _paths;
    private readonly int _perSecond;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<Answer> _failures = new();
    private readonly ConcurrentQueue<TimeSpan> _times = new();
    private readonly Task _running;
    private int _retried;

    /// <param name="replicas">Who is asked.</param>
    /// <param name="perSecond">How often, all together.</param>
    /// <param name="paths">What is asked, one after another.</param>
    public Load(Replicas replicas, int perSecond, IReadOnlyList<string> paths)
    {
        (_replicas, _perSecond, _paths) = (replicas, perSecond, paths);
        _running = RunAsync();
    }

    /// <summary>Ends it and waits for the last answers.</summary>
    public async Task<Result> StopAsync()
    {
        await _end.CancelAsync();
        await _running;
        return new Result(_times.Count + _failures.Count, _retried, [.. _failures], [.. _times.Order()]);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task RunAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        var asked = new List<Task>();
        using var timer = new PeriodicTimer(Tick, TimeProvider.System);
        while (!_end.IsCancellationRequested)
        {
            while (asked.Count < TimeProvider.System.GetElapsedTime(start).TotalSeconds * _perSecond)
                asked.Add(AskAsync(_paths[asked.Count % _paths.Count]));
            await timer.WaitForNextTickAsync();
        }
        await Task.WhenAll(asked);
    }

    private async Task AskAsync(string path)
    {
        var tried = new List<Replica>();
        while (true)
        {
            var asked = _replicas.Running.OrderBy(replica => (replica.IsEnding, tried.Contains(replica), Random.Shared.Next())).FirstOrDefault() ?? _replicas.Any();
            var answer = await _replicas.GetAsync(asked, path);
            tried.Add(asked);
            if (answer.IsSuccess)
                _times.Enqueue(answer.Took);
            else if (tried.Count == MostTries || (answer.Status != 0 && !asked.IsEnding))
                _failures.Enqueue(answer);
            else
                continue;
            Interlocked.Add(ref _retried, tried.Count - 1);
            return;
        }
    }

    /// <summary>What became of the requests.</summary>
    /// <param name="Asked">How many.</param>
    /// <param name="Retried">How many were asked again because a replica had ended.</param>
    /// <param name="Failures">The answers that were not 2xx.</param>
    /// <param name="Times">Of the last answer to each of the others, in order.</param>
    internal sealed record Result(int Asked, int Retried, IReadOnlyList<Answer> Failures, IReadOnlyList<TimeSpan> Times)
    {
        public override string ToString() =>
            $"{Asked} requests, {Retried} asked again because a replica had ended, {Failures.Count} failed; half were answered within {Part(0.5)}, 99 % within {Part(0.99)}, all within {Part(1)}";

        private string Part(double part) => Times.Count == 0 ? "-" : $"{Times[(int)Math.Min(Times.Count - 1, Times.Count * part)].TotalMilliseconds:0} ms";
    }
}
