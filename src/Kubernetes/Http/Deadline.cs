using CacheMachine.Kubernetes.Errors;

namespace CacheMachine.Kubernetes.Http;

/// <summary>The caller's cancellation and the client's own time limit in one token, and which of the two it was.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _timeout;
    private readonly CancellationTokenSource _both;
    private readonly CancellationToken _caller;
    private readonly TimeSpan _limit;

    public Deadline(TimeSpan limit, TimeProvider time, CancellationToken caller)
    {
        _limit = limit;
        _caller = caller;
        _timeout = new CancellationTokenSource(limit, time);
        _both = CancellationTokenSource.CreateLinkedTokenSource(caller, _timeout.Token);
    }

    public CancellationToken Token => _both.Token;

    /// <summary>True when the time limit is over.</summary>
    public bool TimedOut => _timeout.IsCancellationRequested;

    /// <summary>True when this is the caller's own cancellation, which is thrown as it is.</summary>
    public bool IsCallers(Exception e) => e is OperationCanceledException && _caller.IsCancellationRequested;

    /// <summary>Everything that can go wrong on the way, as an error of the operation.</summary>
    public KubernetesApiException Translate(Exception e, ApiOperation operation, string? tlsRefusal = null) =>
        e as KubernetesApiException
        ?? new KubernetesApiException(ApiFailure.Of(e, operation, TimedOut, _limit, tlsRefusal), e);

    public void Dispose()
    {
        _both.Dispose();
        _timeout.Dispose();
    }
}
