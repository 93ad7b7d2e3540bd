using Microsoft.AspNetCore.Http;

namespace CacheMachine.Simulator.Api;

/// <summary>How an armed fault answers a request instead of the server.</summary>
public enum FaultKind
{
    /// <summary>500 with reason InternalError.</summary>
    InternalError,

    /// <summary>409 with reason Conflict.</summary>
    Conflict,

    /// <summary>410 with reason Expired.</summary>
    Gone,

    /// <summary>429 with reason TooManyRequests and <c>Retry-After: 1</c>.</summary>
    TooManyRequests,

    /// <summary>No answer: the request hangs until the client gives up or the server stops.</summary>
    Timeout,

    /// <summary>The connection is reset without an answer.</summary>
    Reset,

    /// <summary>The request is carried out, and then the connection is reset: the client does not know.</summary>
    ResetAfter,
}

/// <summary>
/// Faults that a test arms on the API server. Which requests they hit is decided by verb, resource and share, with the cluster's seed.
/// </summary>
public sealed class Faults
{
    private readonly Lock _gate = new();
    private readonly List<Rule> _rules = [];
    private readonly HashSet<CancellationTokenSource> _watches = [];
    private readonly Func<double> _share;

    internal Faults(Func<double> share) => _share = share;

    /// <summary>Arms a fault until the result is disposed, <paramref name="times"/> are used up, or <see cref="Clear"/>.</summary>
    /// <param name="kind">What happens to a request that is hit.</param>
    /// <param name="verb">get, list, watch, create, update, patch, delete or deletecollection; null for all.</param>
    /// <param name="resource">The plural, as <c>daemonsets</c>; null for all.</param>
    /// <param name="share">Which part of the matching requests, 0 to 1.</param>
    /// <param name="times">How many requests at most; null for no end.</param>
    public IDisposable Arm(FaultKind kind, string? verb = null, string? resource = null, double share = 1, int? times = null)
    {
        var rule = new Rule(kind, verb, resource, share) { Left = times ?? int.MaxValue };
        lock (_gate)
            _rules.Add(rule);
        return new Armed(this, rule);
    }

    /// <summary>Disarms all faults.</summary>
    public void Clear()
    {
        lock (_gate)
            _rules.Clear();
    }

    /// <summary>Resets the connections of all watches that run now. They may come back at once.</summary>
    /// <returns>How many there were.</returns>
    public int BreakWatches()
    {
        CancellationTokenSource[] watches;
        lock (_gate)
            watches = [.. _watches];
        foreach (var watch in watches)
            watch.Cancel();
        return watches.Length;
    }

    internal FaultKind? Pick(RequestInfo info)
    {
        lock (_gate)
        {
            foreach (var rule in _rules)
            {
                if (rule.Left <= 0 || (rule.Verb ?? info.Verb) != info.Verb || (rule.Resource ?? info.Type.Plural) != info.Type.Plural)
                    continue;
                if (rule.Share < 1 && _share() >= rule.Share)
                    continue;
                rule.Left--;
                return rule.Kind;
            }
        }

        return null;
    }

    internal WatchHandle WatchBreaker()
    {
        var source = new CancellationTokenSource();
        lock (_gate)
            _watches.Add(source);
        return new WatchHandle(this, source);
    }

    internal static ApiException AsError(FaultKind kind, RequestInfo info) => kind switch
    {
        FaultKind.Conflict => ApiErrors.Modified(info.Type, info.Name),
        FaultKind.Gone => ApiErrors.TooOld(0, 0),
        FaultKind.TooManyRequests => ApiErrors.Make(
            429, "TooManyRequests", "Too many requests, please try again later.", new() { ["retryAfterSeconds"] = 1 }),
        _ => ApiErrors.Internal("armed by the test"),
    };

    internal static async Task Hang(HttpContext context, CancellationToken stopping)
    {
        var forever = new TaskCompletionSource();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        await using var registration = end.Token.Register(forever.SetResult);
        await forever.Task.ConfigureAwait(false);
        context.Abort();
    }

    internal sealed class WatchHandle(Faults faults, CancellationTokenSource source) : IDisposable
    {
        public CancellationToken Token { get; } = source.Token;

        public bool IsCancellationRequested => source.IsCancellationRequested;

        public void Dispose()
        {
            lock (faults._gate)
                faults._watches.Remove(source);
        }
    }

    private sealed record Rule(FaultKind Kind, string? Verb, string? Resource, double Share)
    {
        public int Left { get; set; }
    }

    private sealed class Armed(Faults faults, Rule rule) : IDisposable
    {
        public void Dispose()
        {
            lock (faults._gate)
                faults._rules.RemoveAll(other => ReferenceEquals(other, rule));
        }
    }
}
