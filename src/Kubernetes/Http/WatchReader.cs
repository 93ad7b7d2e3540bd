using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CacheMachine.Kubernetes.Errors;
using CacheMachine.Kubernetes.Json;
using CacheMachine.Kubernetes.Resources;
using CacheMachine.Kubernetes.Watch;

namespace CacheMachine.Kubernetes.Http;

/// <summary>Reads watch frames, one JSON document a line, from a stream that cuts them anywhere.</summary>
internal sealed class WatchReader<T>(Stream stream, JsonTypeInfo<T> item, ApiOperation operation, int maxFrameBytes) : IAsyncDisposable
    where T : class, IKubernetesObject
{
    private readonly PipeReader _reader =
        PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 << 10, minimumReadSize: 16 << 10));

    private long _scanned;

    /// <summary>The next frame; null when the server has ended the watch between two frames.</summary>
    /// <exception cref="KubernetesApiException">An ERROR frame.</exception>
    /// <exception cref="JsonException">A frame is cut off, too big, or no watch frame.</exception>
    public async ValueTask<WatchFrame<T>?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await _reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            if (buffer.Slice(_scanned).PositionOf((byte)'\n') is { } newline)
            {
                var line = buffer.Slice(0, newline);
                var frame = IsBlank(line) ? null : Decode(line);
                _reader.AdvanceTo(buffer.GetPosition(1, newline));
                _scanned = 0;
                if (frame is not null)
                    return frame;
                continue;
            }

            if (read.IsCompleted)
            {
                // A server that ends without a last newline has still said a whole frame; half a frame fails to decode.
                var last = IsBlank(buffer) ? null : Decode(buffer);
                _reader.AdvanceTo(buffer.End);
                _scanned = 0;
                return last;
            }

            if (buffer.Length > maxFrameBytes)
                throw new JsonException($"one watch frame has more than {maxFrameBytes} bytes");
            _scanned = buffer.Length;
            _reader.AdvanceTo(buffer.Start, buffer.End);
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

    private WatchFrame<T> Decode(in ReadOnlySequence<byte> line)
    {
        var json = new Utf8JsonReader(line);
        string? type = null;
        ReadOnlySequence<byte>? body = null;
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            throw new JsonException("a watch frame is no object");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isType = json.ValueTextEquals("type"u8);
            var isObject = json.ValueTextEquals("object"u8);
            json.Read();
            if (isType)
                type = json.GetString();
            var start = json.TokenStartIndex;
            json.Skip();
            if (isObject)
                body = line.Slice(start, json.BytesConsumed - start);
        }

        return type is null || body is null
            ? throw new JsonException("a watch frame has no type or no object")
            : Decode(type, body.Value);
    }

    private WatchFrame<T> Decode(string type, in ReadOnlySequence<byte> body)
    {
        var json = new Utf8JsonReader(body);
        switch (type)
        {
            case "ADDED":
                return Changed(WatchFrameType.Added, ref json);
            case "MODIFIED":
                return Changed(WatchFrameType.Modified, ref json);
            case "DELETED":
                return Changed(WatchFrameType.Deleted, ref json);
            case "BOOKMARK":
                var meta = JsonSerializer.Deserialize(ref json, KubernetesJsonContext.Default.WorkloadMetadata)?.Metadata;
                return new WatchFrame<T>(WatchFrameType.Bookmark, null, Version(meta));
            case "ERROR":
                var status = JsonSerializer.Deserialize(ref json, KubernetesJsonContext.Default.ApiStatus) ?? new ApiStatus();
                throw new KubernetesApiException(ErrorReader.FromStatus(status, operation, status.Code));
            default:
                throw new JsonException($"a watch frame has the unknown type '{type}'");
        }
    }

    private WatchFrame<T> Changed(WatchFrameType type, ref Utf8JsonReader json)
    {
        var changed = JsonSerializer.Deserialize(ref json, item) ?? throw new JsonException("a watch frame's object is null");
        return new WatchFrame<T>(type, changed, Version(changed.Metadata));
    }

    private static string Version(ObjectMeta? meta) =>
        meta?.ResourceVersion ?? throw new JsonException("a watch frame's object has no metadata.resourceVersion");
}
