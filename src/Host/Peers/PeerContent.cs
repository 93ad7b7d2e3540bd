using System.Net;
using System.Net.Http.Headers;

namespace CacheMachine.Host.Peers;

/// <summary>A body that knows whether any of it was sent: without it, a peer cannot have taken the message, whatever has failed.</summary>
internal sealed class PeerContent : HttpContent
{
    private readonly byte[] _body;
    private volatile bool _wasSent;

    public PeerContent(byte[] body)
    {
        _body = body;
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    /// <summary>Whether the first byte may have left.</summary>
    public bool WasSent => _wasSent;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, default);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _wasSent = true;
        await stream.WriteAsync(_body, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
