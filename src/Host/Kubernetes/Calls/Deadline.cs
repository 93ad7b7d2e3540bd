namespace CacheMachine.Host.Kubernetes.Calls;

/// <summary>The caller's cancellation and a time limit of ours in one token, and which of the two it was.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _timeout;
    private readonly CancellationTokenSource _both;
    private readonly CancellationToken _caller;

    public Deadline(TimeSpan limit, TimeProvider time, CancellationToken caller)
    {
        (Limit, _caller) = (limit, caller);
        _timeout = new CancellationTokenSource(limit, time);
        _both = CancellationTokenSource.CreateLinkedTokenSource(caller, _timeout.Token);
    }

    public TimeSpan Limit { get; }

    public CancellationToken Token => _both.Token;

    /// <summary>The limit is over.</summary>
    public bool TimedOut => _timeout.IsCancellationRequested;

    /// <summary>This is the caller's own cancellation, which is thrown as it is.</summary>
    public bool IsCallers(Exception e) => e is OperationCanceledException && _caller.IsCancellationRequested;

    public void Dispose()
    {
        _both.Dispose();
        _timeout.Dispose();
    }
}
