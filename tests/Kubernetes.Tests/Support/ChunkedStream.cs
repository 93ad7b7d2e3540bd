namespace CacheMachine.Kubernetes.Tests.Support;

/// <summary>Gives its bytes in pieces of at most this many.</summary>
internal sealed class ChunkedStream(byte[] bytes, int chunk) : MemoryStream(bytes)
{
    /// <summary>Bytes read so far; still known when the stream is closed.</summary>
    public int Given { get; private set; }

    public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(chunk, buffer.Length)]);

    public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(chunk, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(Count(base.Read(buffer.Span[..Math.Min(chunk, buffer.Length)])));

    private int Count(int read)
    {
        Given += read;
        return read;
    }
}
