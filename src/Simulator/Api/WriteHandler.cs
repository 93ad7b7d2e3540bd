using System.Text.Json;
using System.Text.Json.Nodes;
using CacheMachine.Simulator.Store;
using Microsoft.AspNetCore.Http;

namespace CacheMachine.Simulator.Api;

/// <summary>create, update, patch, delete and deletecollection.</summary>
internal sealed class WriteHandler(ResourceService resources)
{
    private static readonly ResourceType DeleteOptionsType = new("meta.k8s.io", "v1", "deleteoptions", "DeleteOptions", Namespaced: false);

    public async Task Create(HttpContext context, RequestInfo info)
    {
        if (info.Type.Namespaced && info.Namespace.Length == 0)
            throw ApiErrors.MethodNotAllowed();
        var created = resources.Create(info.Type, info.Namespace, await Body(context, info.Type).ConfigureAwait(false));
        await Answer(context, 201, created.Utf8).ConfigureAwait(false);
    }

    public async Task Update(HttpContext context, RequestInfo info)
    {
        var body = await Body(context, info.Type).ConfigureAwait(false);
        if (info.Type == ResourceType.Leases
            && body.Text("metadata", "resourceVersion") is null or ""
            && resources.Store.Get(info.Type, info.Namespace, info.Name) is null)
        {
            // Leases may be created by an update (leaseStrategy.AllowCreateOnUpdate).
            await Answer(context, 201, resources.Create(info.Type, info.Namespace, body).Utf8).ConfigureAwait(false);
            return;
        }

        var updated = resources.Update(info.Type, info.Namespace, info.Name, IsStatus(info), _ => body.DeepClone().AsObject());
        await Answer(context, 200, updated.Utf8).ConfigureAwait(false);
    }

    public async Task Patch(HttpContext context, RequestInfo info)
    {
        var contentType = (context.Request.ContentType ?? "").Split(';')[0].Trim();
        var patch = await Node(context).ConfigureAwait(false);
        var updated = resources.Update(
            info.Type, info.Namespace, info.Name, IsStatus(info), current => Patches.Apply(contentType, current, patch));
        await Answer(context, 200, updated.Utf8).ConfigureAwait(false);
    }

    public async Task Delete(HttpContext context, RequestInfo info)
    {
        if (info.Type == ResourceType.Namespaces && info.Name is "default" or "kube-system" or "kube-public")
            throw ApiErrors.Forbidden(info.Type, info.Name, "this namespace may not be deleted");
        var (last, gone) = resources.Delete(info.Type, info.Namespace, info.Name, await Options(context).ConfigureAwait(false));
        if (!gone || info.Type == ResourceType.Pods)
        {
            await Answer(context, 200, last.Utf8).ConfigureAwait(false);
            return;
        }

        var details = new JsonObject { ["name"] = last.Name };
        if (info.Type.Group.Length > 0)
            details["group"] = info.Type.Group;
        details["kind"] = info.Type.Plural;
        details["uid"] = last.Uid;
        await Answer(context, 200, Json.Serialize(new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = details,
        })).ConfigureAwait(false);
    }

    public async Task DeleteCollection(HttpContext context, RequestInfo info)
    {
        var options = await Options(context).ConfigureAwait(false);
        var matches = ReadHandler.Filter(info, context.Request.Query);
        var (items, _, version) = resources.Store.Snapshot(info.Type);
        var deleted = new JsonArray();
        foreach (var item in items.Where(matches))
        {
            try
            {
                deleted.Add((JsonNode)resources.Delete(info.Type, item.Namespace, item.Name, options).Object.Parse());
            }
            catch (ApiException gone) when (gone.Code == 404)
            {
                // Somebody else was faster; that is what was asked for.
            }
        }

        await Answer(context, 200, Json.Serialize(new JsonObject
        {
            ["kind"] = info.Type.Kind + "List",
            ["apiVersion"] = info.Type.ApiVersion,
            ["metadata"] = new JsonObject { ["resourceVersion"] = $"{version}" },
            ["items"] = deleted,
        })).ConfigureAwait(false);
    }

    private static bool IsStatus(RequestInfo info) => info.Subresource == "status";

    private static async Task<DeleteOptions> Options(HttpContext context)
    {
        var query = context.Request.Query;
        var propagation = query["propagationPolicy"].ToString();
        var options = new DeleteOptions(
            propagation.Length > 0 ? propagation : null,
            ReadHandler.Number(query["gracePeriodSeconds"].ToString(), "gracePeriodSeconds"));
        if (context.Request.ContentLength is null or 0 && !context.Request.Headers.ContainsKey("Transfer-Encoding"))
            return options;
        var body = await Node(context).ConfigureAwait(false);
        options = new DeleteOptions(
            body.Text("propagationPolicy") ?? options.Propagation,
            body.Number("gracePeriodSeconds") ?? options.GraceSeconds,
            body.Text("preconditions", "uid"),
            body.Text("preconditions", "resourceVersion"));
        return options.Propagation is null or "Background" or "Foreground" or "Orphan"
            ? options
            : throw ApiErrors.Invalid(
                DeleteOptionsType, "", [Cause.Unsupported("propagationPolicy", options.Propagation, ["Foreground", "Background", "Orphan", "nil"])]);
    }

    private static async Task<JsonObject> Body(HttpContext context, ResourceType type)
    {
        var contentType = (context.Request.ContentType ?? "application/json").Split(';')[0].Trim();
        if (contentType != "application/json")
            throw ApiErrors.UnsupportedMediaType();
        if (await Node(context).ConfigureAwait(false) is not JsonObject body)
            throw ApiErrors.BadRequest("the body of the request is not a JSON object");
        if ((body.Text("kind") ?? type.Kind) != type.Kind || (body.Text("apiVersion") ?? type.ApiVersion) != type.ApiVersion)
        {
            throw ApiErrors.BadRequest(
                $"{body.Text("kind")} in version \"{body.Text("apiVersion")}\" cannot be handled as a {type.Kind}: unknown conversion");
        }

        return body;
    }

    private static async Task<JsonNode> Node(HttpContext context)
    {
        try
        {
            return await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted).ConfigureAwait(false)
                ?? throw ApiErrors.BadRequest("the body of the request is null");
        }
        catch (JsonException error)
        {
            throw ApiErrors.BadRequest($"the body of the request is not JSON: {error.Message}");
        }
    }

    private static async Task Answer(HttpContext context, int code, byte[] body)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }
}
