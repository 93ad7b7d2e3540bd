using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using k8s;
using k8s.Models;

namespace CacheMachine.Host.Kubernetes.Watching;

/// <summary>metav1.WatchEvent.</summary>
/// <param name="Type">ADDED, MODIFIED, DELETED, BOOKMARK or ERROR.</param>
/// <param name="Object">The object after it (DELETED: its last state; BOOKMARK: its version only); not with ERROR.</param>
/// <param name="Error">With ERROR.</param>
internal sealed record Frame<T>(string Type, T? Object, V1Status? Error);

/// <summary>Reads the frames of a watch, one JSON document a line, from a stream that cuts them anywhere.</summary>
/// <param name="body">The answer.</param>
/// <param name="json">How objects are read.</param>
internal sealed class FrameReader<T>(Stream body, JsonSerializerOptions json) : IAsyncDisposable
    where T : class
{
    // Far above what etcd takes: without end it would fill the memory.
    private const int MaxBytes = 32 << 20;

    private readonly PipeReader _reader = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 64 << 10, minimumReadSize: 16 << 10));
    private long _scanned;

    /// <summary>The next frame; null when the server has ended the watch between two frames.</summary>
    /// <exception cref="JsonException">A frame is cut off, too big, or no watch frame.</exception>
    public async Task<Frame<T>?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await _reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            var newline = buffer.Slice(_scanned).PositionOf((byte)'\n');
            if (newline is null && !read.IsCompleted)
            {
                if (buffer.Length > MaxBytes)
                    throw new JsonException($"a watch frame has more than {MaxBytes} bytes");
                _scanned = buffer.Length;
                _reader.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }
            // A server that ends without a last newline has still said a whole frame; half a frame fails to decode.
            var line = newline is { } end ? buffer.Slice(0, end) : buffer;
            var frame = IsBlank(line) ? null : Decode(line);
            _reader.AdvanceTo(newline is { } next ? buffer.GetPosition(1, next) : buffer.End);
            _scanned = 0;
            if (frame is not null || newline is null)
                return frame;
        }
    }

    public ValueTask DisposeAsync() => _reader.CompleteAsync();

    private static bool IsBlank(in ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
        {
            if (segment.Span.IndexOfAnyExcept(" \t\r\n"u8) >= 0)
                return false;
        }
        return true;
    }

    private Frame<T> Decode(in ReadOnlySequence<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        string? type = null;
        ReadOnlySequence<byte> found = default;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("a watch frame is no object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isType, isObject) = (reader.ValueTextEquals("type"u8), reader.ValueTextEquals("object"u8));
            reader.Read();
            if (isType)
                type = reader.GetString();
            var start = reader.TokenStartIndex;
            reader.Skip();
            if (isObject)
                found = line.Slice(start, reader.BytesConsumed - start);
        }
        if (type is null || found.IsEmpty)
            throw new JsonException("a watch frame has no type or no object");
        var item = new Utf8JsonReader(found);
        return type == "ERROR"
            ? new Frame<T>(type, null, KubernetesJson.Deserialize<V1Status>(JsonElement.ParseValue(ref item)))
            : new Frame<T>(type, JsonSerializer.Deserialize<T>(ref item, json), null);
    }
}
