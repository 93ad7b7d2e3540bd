using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using CacheMachine.Simulator.Store;
using Microsoft.AspNetCore.Http;

namespace CacheMachine.Simulator.Api;

/// <summary>get and list.</summary>
internal sealed class ReadHandler(ObjectStore store)
{
    public async Task Get(HttpContext context, RequestInfo info)
    {
        var item = store.Get(info.Type, info.Namespace, info.Name) ?? throw ApiErrors.NotFound(info.Type, info.Name);
        context.Response.ContentType = "application/json";
        await context.Response.BodyWriter.WriteAsync(item.Utf8, context.RequestAborted).ConfigureAwait(false);
    }

    public async Task List(HttpContext context, RequestInfo info)
    {
        var query = context.Request.Query;
        var matches = Filter(info, query);
        var limit = Number(query["limit"].ToString(), "limit") ?? 0;
        var asked = query["resourceVersion"].ToString();
        if (asked == "0")
            limit = 0; // The watch cache answers these, and it knows no pages.
        else if (Number(asked, "resourceVersion") is { } atLeast && atLeast > store.Version)
            throw ApiErrors.TooLarge(atLeast, store.Version);

        var page = new List<StoredObject>();
        var (version, next, remaining) = query["continue"].ToString() is { Length: > 0 } token
            ? Continue(info.Type, ContinueToken.Decode(token), matches, limit, page)
            : First(info.Type, matches, limit, page);
        var hasSelector = query["labelSelector"].ToString().Length > 0 || query["fieldSelector"].ToString().Length > 0;
        await Write(context, info.Type, page, version, next, hasSelector || next is null ? null : remaining).ConfigureAwait(false);
    }

    /// <summary>The test that namespace, label selector and field selector of a list, watch or deletecollection make together.</summary>
    public static Func<StoredObject, bool> Filter(RequestInfo info, IQueryCollection query)
    {
        var labels = LabelSelector.Parse(query["labelSelector"].ToString());
        var fields = FieldSelector.Parse(info.Type, query["fieldSelector"].ToString());
        return item =>
            (info.Namespace.Length == 0 || item.Namespace == info.Namespace)
            && (info.Name.Length == 0 || item.Name == info.Name)
            && labels.Matches(item.Labels)
            && fields.Matches(item);
    }

    public static long? Number(string text, string parameter)
    {
        if (text.Length == 0)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw ApiErrors.BadRequest($"{parameter}: Invalid value: \"{text}\": must be a number");
    }

    private (long Version, string? Next, int Remaining) First(
        ResourceType type, Func<StoredObject, bool> matches, long limit, List<StoredObject> page)
    {
        if (limit <= 0)
        {
            var (items, _, version) = store.Snapshot(type);
            page.AddRange(items.Where(matches));
            return (version, null, 0);
        }

        var (pinned, at) = store.Pin(type);
        return Take(pinned, 0, at, matches, limit, page);
    }

    private (long Version, string? Next, int Remaining) Continue(
        ResourceType type, ContinueToken token, Func<StoredObject, bool> matches, long limit, List<StoredObject> page)
    {
        StoredObject[] items;
        var version = token.Version;
        if (version < 0)
            (items, version) = store.Pin(type);
        else
            items = store.Pinned(type, version) ?? throw ApiErrors.ExpiredContinue((token with { Version = -1 }).Encode());

        var low = 0;
        var high = items.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (string.CompareOrdinal(items[middle].Key, token.After) <= 0)
                low = middle + 1;
            else
                high = middle;
        }

        return Take(items, low, version, matches, limit <= 0 ? long.MaxValue : limit, page);
    }

    private static (long Version, string? Next, int Remaining) Take(
        StoredObject[] items, int from, long version, Func<StoredObject, bool> matches, long limit, List<StoredObject> page)
    {
        for (var i = from; i < items.Length; i++)
        {
            if (!matches(items[i]))
                continue;
            if (page.Count == limit)
                return (version, new ContinueToken(version, page[^1].Key).Encode(), items.Length - i);
            page.Add(items[i]);
        }

        return (version, null, 0);
    }

    private static async Task Write(
        HttpContext context, ResourceType type, List<StoredObject> page, long version, string? next, int? remaining)
    {
        var metadata = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) };
        if (next is not null)
            metadata["continue"] = next;
        if (remaining is not null)
            metadata["remainingItemCount"] = remaining;
        context.Response.ContentType = "application/json";
        var writer = context.Response.BodyWriter;
        Append(writer, $"{{\"kind\":\"{type.Kind}List\",\"apiVersion\":\"{type.ApiVersion}\",\"metadata\":{metadata.ToJsonString()},\"items\":[");
        for (var i = 0; i < page.Count; i++)
        {
            if (i > 0)
                Append(writer, ",");
            writer.Write(page[i].Utf8);
            if (writer.UnflushedBytes > 256 * 1024)
                await writer.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        }

        Append(writer, "]}\n");
        await writer.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    private static void Append(PipeWriter writer, string text)
    {
        var span = writer.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        writer.Advance(Encoding.UTF8.GetBytes(text, span));
    }
}
