using CacheMachine.Kubernetes.Errors;
using CacheMachine.Kubernetes.Http;
using CacheMachine.Kubernetes.Resources;

namespace CacheMachine.Kubernetes.Watch;

/// <summary>One open watch connection. Read by one caller at a time; dispose it to close the connection.</summary>
public sealed class WatchConnection<T> : IAsyncDisposable
    where T : class, IKubernetesObject
{
    private readonly HttpResponseMessage _response;
    private readonly WatchReader<T> _reader;
    private readonly Deadline _deadline;
    private readonly ApiOperation _operation;

    internal WatchConnection(HttpResponseMessage response, WatchReader<T> reader, Deadline deadline, ApiOperation operation)
    {
        _response = response;
        _reader = reader;
        _deadline = deadline;
        _operation = operation;
    }

    /// <summary>The next frame, or null when the server has ended the watch in order (its time-out).</summary>
    /// <exception cref="KubernetesApiException">
    /// An ERROR frame; a broken connection (Unreachable); silence beyond the client's limit (ClientTimeout); no watch frame (Malformed).
    /// </exception>
    /// <exception cref="OperationCanceledException">The token that the watch was opened with is cancelled.</exception>
    public async ValueTask<WatchFrame<T>?> ReadAsync()
    {
        try
        {
            return await _reader.ReadAsync(_deadline.Token);
        }
        catch (Exception e) when (ApiFailure.IsExpected(e) && !_deadline.IsCallers(e))
        {
            throw _deadline.Translate(e, _operation);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The response first: it aborts the connection, where the reader would first try to read it to the end.
        _response.Dispose();
        await _reader.DisposeAsync();
        _deadline.Dispose();
    }
}
