using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CacheMachine.Kubernetes.Json;
using CacheMachine.Kubernetes.Resources;

namespace CacheMachine.Kubernetes.Http;

/// <summary>
/// Reads a <c>...List</c> answer item by item: never more than the item being read is in memory, and each byte is looked at once to find
/// its item's end and once to decode it. metadata may come before or after the items.
/// </summary>
/// <param name="item">How to decode one item.</param>
/// <param name="onItem">Gets each item as soon as its last byte is there.</param>
/// <param name="maxObjectBytes">A bigger item is an error.</param>
internal sealed class ListReader<T>(JsonTypeInfo<T> item, Action<T> onItem, int maxObjectBytes)
    where T : class, IKubernetesObject
{
    private enum Section
    {
        Other,
        Items,
        Metadata,
    }

    private JsonReaderState _state;
    private long _scanned;
    private Section _section;
    private bool _complete;
    private ListMeta? _meta;

    /// <summary>The list's own metadata, after the last item.</summary>
    /// <exception cref="JsonException">The answer is cut off, too big, or no list.</exception>
    public async Task<ListMeta> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 << 10, minimumReadSize: 16 << 10));
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(cancellationToken);
                var kept = Scan(read.Buffer, read.IsCompleted);
                if (read.IsCompleted)
                    break;
                if (read.Buffer.Length - kept > maxObjectBytes)
                    throw new JsonException($"one object has more than {maxObjectBytes} bytes");
                reader.AdvanceTo(read.Buffer.GetPosition(kept), read.Buffer.End);
                _scanned -= kept;
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }

        if (!_complete)
            throw new JsonException("the answer ends in the middle");
        return _meta?.ResourceVersion is null ? throw new JsonException("the answer is no list: it has no metadata.resourceVersion") : _meta;
    }

    /// <summary>Goes on where the last call stopped; returns how many bytes from the start are done with.</summary>
    private long Scan(in ReadOnlySequence<byte> buffer, bool final)
    {
        var start = _scanned;
        var json = new Utf8JsonReader(buffer.Slice(start), final, _state);
        var valueStart = _valueStart;
        while (json.Read())
        {
            switch (json.TokenType)
            {
                case JsonTokenType.PropertyName when json.CurrentDepth == 1:
                    _section = json.ValueTextEquals("items"u8) ? Section.Items
                        : json.ValueTextEquals("metadata"u8) ? Section.Metadata
                        : Section.Other;
                    break;
                case JsonTokenType.StartObject when IsValue(json.CurrentDepth):
                    valueStart = start + json.TokenStartIndex;
                    break;
                case JsonTokenType.EndObject when IsValue(json.CurrentDepth):
                    Decode(buffer.Slice(valueStart, start + json.BytesConsumed - valueStart));
                    valueStart = -1;
                    break;
                case JsonTokenType.EndObject when json.CurrentDepth == 0:
                    _complete = true;
                    break;
            }
        }

        _state = json.CurrentState;
        _scanned = start + json.BytesConsumed;
        var kept = valueStart >= 0 ? valueStart : _scanned;
        _valueStart = valueStart >= 0 ? 0 : -1;
        return kept;
    }

    // Where the item being read begins in the next buffer; -1 between items.
    private long _valueStart = -1;

    private bool IsValue(int depth) => (_section is Section.Items && depth == 2) || (_section is Section.Metadata && depth == 1);

    private void Decode(in ReadOnlySequence<byte> bytes)
    {
        var json = new Utf8JsonReader(bytes);
        if (_section is Section.Metadata)
        {
            _meta = JsonSerializer.Deserialize(ref json, KubernetesJsonContext.Default.ListMeta);
            return;
        }

        var decoded = JsonSerializer.Deserialize(ref json, item);
        if (decoded?.Metadata is null)
            throw new JsonException("an object in the list has no metadata");
        onItem(decoded);
    }
}
