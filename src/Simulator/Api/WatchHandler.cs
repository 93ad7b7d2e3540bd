using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using CacheMachine.Simulator.Store;
using Microsoft.AspNetCore.Http;

namespace CacheMachine.Simulator.Api;

/// <summary>watch: frames of <c>{"type":...,"object":...}</c>, one a line, around the stored bytes.</summary>
internal sealed class WatchHandler(ObjectStore store, TimeProvider time, TimeSpan bookmarkInterval, Faults faults)
{
    /// <summary>A watcher that has this many changes still to read is disconnected, as the real server does with slow ones.</summary>
    private const int Backlog = 200_000;

    private static readonly TimeSpan LongestWatch = TimeSpan.FromMinutes(50);

    public async Task Watch(HttpContext context, RequestInfo info, CancellationToken stopping)
    {
        var query = context.Request.Query;
        var matches = ReadHandler.Filter(info, query);
        var after = ReadHandler.Number(query["resourceVersion"].ToString(), "resourceVersion");
        var timeout = ReadHandler.Number(query["timeoutSeconds"].ToString(), "timeoutSeconds") is { } seconds and > 0
            ? TimeSpan.FromSeconds(seconds)
            : LongestWatch;
        var bookmarks = query["allowWatchBookmarks"].ToString() is "true" or "1";

        var channel = Channel.CreateBounded<WatchRecord>(
            new BoundedChannelOptions(Backlog) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        void Sink(WatchRecord record)
        {
            if (!channel.Writer.TryWrite(record))
                channel.Writer.TryComplete();
        }

        using var limit = new CancellationTokenSource(timeout, time);
        using var broken = faults.WatchBreaker();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, broken.Token, context.RequestAborted, stopping);
        context.Response.ContentType = "application/json";
        var writer = context.Response.BodyWriter;
        IDisposable subscription;
        try
        {
            subscription = store.Subscribe(info.Type, after is 0 ? null : after, Sink);
        }
        catch (ApiException tooOld)
        {
            // The real server answers 200 and says it in a frame: clients have to cope with both.
            Frame(writer, "ERROR", Json.Serialize(tooOld.Status));
            await writer.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            return;
        }

        using (subscription)
        {
            await using var ticker = bookmarks
                ? time.CreateTimer(_ => store.Bookmark(Sink), null, bookmarkInterval, bookmarkInterval)
                : null;
            try
            {
                await context.Response.StartAsync(end.Token).ConfigureAwait(false);
                await writer.FlushAsync(end.Token).ConfigureAwait(false);
                await Copy(channel.Reader, writer, info.Type, matches, after ?? 0, end.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                // The watch is over: its time is up, the client went away, the server stops, or a fault breaks the connection.
            }
        }

        if (broken.IsCancellationRequested)
            context.Abort();
        else if (bookmarks && limit.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
            await LastBookmark(writer, info.Type, context.RequestAborted).ConfigureAwait(false);
    }

    private async Task LastBookmark(PipeWriter writer, ResourceType type, CancellationToken cancel)
    {
        Frame(writer, "BOOKMARK", BookmarkObject(type, store.Version));
        await writer.FlushAsync(cancel).ConfigureAwait(false);
    }

    private static async Task Copy(
        ChannelReader<WatchRecord> reader, PipeWriter writer, ResourceType type, Func<StoredObject, bool> matches, long after, CancellationToken cancel)
    {
        while (await reader.WaitToReadAsync(cancel).ConfigureAwait(false))
        {
            while (reader.TryRead(out var record))
            {
                if (record.Kind == ChangeKind.Bookmark)
                    Frame(writer, "BOOKMARK", BookmarkObject(type, record.Version));
                else if ((record.Version > after || after == 0) && record.SeenThrough(matches) is { } seen)
                    Frame(writer, NameOf(seen.Kind), seen.Object.Utf8);
                if (writer.UnflushedBytes > 256 * 1024)
                    await writer.FlushAsync(cancel).ConfigureAwait(false);
            }

            await writer.FlushAsync(cancel).ConfigureAwait(false);
        }
    }

    private static void Frame(PipeWriter writer, string type, ReadOnlySpan<byte> document)
    {
        writer.Write("{\"type\":\""u8);
        writer.Write(Encoding.ASCII.GetBytes(type));
        writer.Write("\",\"object\":"u8);
        writer.Write(document);
        writer.Write("}\n"u8);
    }

    private static byte[] BookmarkObject(ResourceType type, long version) => Json.Serialize(new JsonObject
    {
        ["kind"] = type.Kind,
        ["apiVersion"] = type.ApiVersion,
        ["metadata"] = new JsonObject
        {
            ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture),
            ["creationTimestamp"] = null,
        },
    });

    private static string NameOf(ChangeKind kind) => kind switch
    {
        ChangeKind.Added => "ADDED",
        ChangeKind.Modified => "MODIFIED",
        _ => "DELETED",
    };
}
