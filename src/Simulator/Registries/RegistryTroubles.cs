using System.Net;

namespace CacheMachine.Simulator.Registries;

/// <summary>What goes wrong with the registry on command. Applies to requests over HTTP and to the pulls of the nodes alike.</summary>
public sealed class RegistryTroubles
{
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HttpStatusCode> _failing = new(StringComparer.Ordinal);
    private HttpStatusCode? _failingAll;
    private int? _limit;
    private TimeSpan _window;
    private DateTimeOffset _windowStart;
    private int _used;

    internal RegistryTroubles(TimeProvider time) => _time = time;

    /// <summary>Time that passes before each answer over HTTP.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Tag lists come back empty, as some registries do while they are being repaired.</summary>
    public bool EmptyTagLists { get; set; }

    /// <summary>Answers everything, or everything about one repository, with a status code; null ends that.</summary>
    public void Fail(HttpStatusCode? status, string? repository = null)
    {
        lock (_gate)
        {
            if (repository is null)
                _failingAll = status;
            else if (status is { } code)
                _failing[repository] = code;
            else
                _failing.Remove(repository);
        }
    }

    /// <summary>Answers 429 with Retry-After when more than this many requests come within a window; null ends that.</summary>
    public void LimitRate(int? requests, TimeSpan window)
    {
        lock (_gate)
        {
            _limit = requests;
            _window = window;
            _windowStart = _time.GetUtcNow();
            _used = 0;
        }
    }

    /// <summary>Until when the rate limit holds; meaningful after a 429.</summary>
    internal TimeSpan RetryAfter
    {
        get
        {
            lock (_gate)
                return _windowStart + _window - _time.GetUtcNow();
        }
    }

    /// <summary>Counts one request; the status to refuse it with, or null.</summary>
    internal HttpStatusCode? Next(string? repository)
    {
        lock (_gate)
        {
            if (_failingAll is { } all)
                return all;
            if (repository is not null && _failing.TryGetValue(repository, out var one))
                return one;
            if (_limit is not { } limit)
                return null;
            if (_time.GetUtcNow() >= _windowStart + _window)
            {
                _windowStart = _time.GetUtcNow();
                _used = 0;
            }

            return ++_used > limit ? HttpStatusCode.TooManyRequests : null;
        }
    }
}
