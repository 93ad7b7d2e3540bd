using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CacheMachine.Simulator.Store;
using Microsoft.AspNetCore.Http;

namespace CacheMachine.Simulator.Registries;

/// <summary>The reading half of the OCI distribution specification (and Docker's token endpoint).</summary>
internal sealed partial class RegistryHandler(SimulatedRegistry registry, RegistryAuth auth, RegistryTroubles troubles, TimeProvider time)
{
    public async Task Handle(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        context.Response.Headers["Docker-Distribution-Api-Version"] = "registry/2.0";
        var (kind, repository, reference) = Route(context.Request.Method, path);
        if (kind is null)
        {
            await Error(context, 404, "UNSUPPORTED", $"no such route: {path}", null).ConfigureAwait(false);
            return;
        }

        registry.Count(kind);
        if (troubles.Latency > TimeSpan.Zero)
            await Task.Delay(troubles.Latency, time, context.RequestAborted).ConfigureAwait(false);
        if (troubles.Next(repository) is { } status)
        {
            await Trouble(context, status).ConfigureAwait(false);
            return;
        }

        if (kind == "token")
        {
            await Token(context).ConfigureAwait(false);
            return;
        }

        if (auth.Challenge(context.Request, repository) is { } challenge)
        {
            context.Response.Headers.WWWAuthenticate = challenge;
            await Error(context, 401, "UNAUTHORIZED", "authentication required", null).ConfigureAwait(false);
            return;
        }

        await (kind switch
        {
            "ping" => Send(context, 200, "application/json", "{}"u8.ToArray()),
            "tags" => Tags(context, repository!),
            "blob" => Document(context, repository!, "BLOB_UNKNOWN", content => content.Blobs.GetValueOrDefault(reference!)),
            _ => Manifest(context, repository!, reference!),
        }).ConfigureAwait(false);
    }

    private static (string? Kind, string? Repository, string? Reference) Route(string method, string path)
    {
        if (path is "/v2/" or "/v2")
            return ("ping", null, null);
        if (path == "/token")
            return ("token", null, null);
        var match = Paths().Match(path);
        if (!match.Success || method is not ("GET" or "HEAD"))
            return (null, null, null);
        var kind = match.Groups["kind"].Value switch
        {
            "tags/list" => "tags",
            "blobs/" => "blob",
            _ => method == "HEAD" ? "manifest-head" : "manifest-get",
        };
        return (kind, match.Groups["name"].Value, match.Groups["reference"].Value);
    }

    private async Task Tags(HttpContext context, string repository)
    {
        var tags = registry.Read(repository, content => content.Tags.Keys.ToList());
        if (tags is null)
        {
            await Error(context, 404, "NAME_UNKNOWN", "repository name not known to registry", new JsonObject { ["name"] = repository }).ConfigureAwait(false);
            return;
        }

        if (troubles.EmptyTagLists)
            tags.Clear();
        var query = context.Request.Query;
        if (query["last"].ToString() is { Length: > 0 } last)
            tags = [.. tags.Where(tag => string.CompareOrdinal(tag, last) > 0)];
        if (int.TryParse(query["n"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count < tags.Count)
        {
            tags = tags[..count];
            if (count > 0)
                context.Response.Headers.Link = $"</v2/{repository}/tags/list?last={Uri.EscapeDataString(tags[^1])}&n={count}>; rel=\"next\"";
        }

        await Send(context, 200, "application/json", Json.Serialize(new JsonObject { ["name"] = repository, ["tags"] = Json.ToList(tags) }))
            .ConfigureAwait(false);
    }

    private async Task Manifest(HttpContext context, string repository, string reference)
    {
        var accepted = context.Request.Headers.Accept.ToString();
        await Document(context, repository, "MANIFEST_UNKNOWN", content =>
        {
            if (content.Resolve(reference) is not { } digest)
                return null;
            var found = content.Manifests[digest];

            // A client that does not know indexes gets the manifest of the default platform, as from Docker Hub.
            var knowsIndexes = accepted.Contains(found.MediaType, StringComparison.Ordinal) || accepted.Contains("*/*", StringComparison.Ordinal);
            return content.Images.TryGetValue(digest, out var image) && !knowsIndexes
                ? content.Manifests[image.PlatformDigest]
                : found;
        }).ConfigureAwait(false);
    }

    private async Task Document(HttpContext context, string repository, string unknown, Func<RegistryContent, Blob?> find)
    {
        var known = registry.Read(repository, content => content) is not null;
        if (registry.Read(repository, find) is not { } found)
        {
            await Error(context, 404, known ? unknown : "NAME_UNKNOWN", known ? "manifest unknown" : "repository name not known to registry", null)
                .ConfigureAwait(false);
            return;
        }

        var digest = RegistryContent.DigestOf(found.Bytes);
        context.Response.Headers["Docker-Content-Digest"] = digest;
        context.Response.Headers.ETag = $"\"{digest}\"";
        await Send(context, 200, found.MediaType, found.Bytes).ConfigureAwait(false);
    }

    private async Task Token(HttpContext context)
    {
        if (auth.Token(context.Request) is { } token)
            await Send(context, 200, "application/json", Json.Serialize(token)).ConfigureAwait(false);
        else
            await Error(context, 401, "UNAUTHORIZED", "incorrect username or password", null).ConfigureAwait(false);
    }

    private async Task Trouble(HttpContext context, HttpStatusCode status)
    {
        if (status == HttpStatusCode.TooManyRequests)
        {
            var seconds = Math.Max(1, (long)Math.Ceiling(troubles.RetryAfter.TotalSeconds));
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            await Error(context, 429, "TOOMANYREQUESTS", "too many requests", null).ConfigureAwait(false);
            return;
        }

        await Error(context, (int)status, "UNKNOWN", $"the registry answers {(int)status} on command", null).ConfigureAwait(false);
    }

    private static Task Error(HttpContext context, int status, string code, string message, JsonObject? detail)
    {
        var error = new JsonObject { ["code"] = code, ["message"] = message };
        if (detail is not null)
            error["detail"] = detail;
        return Send(context, status, "application/json", Json.Serialize(new JsonObject { ["errors"] = new JsonArray(error) }));
    }

    private static async Task Send(HttpContext context, int status, string mediaType, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = mediaType;
        context.Response.ContentLength = body.Length;
        if (context.Request.Method != "HEAD")
            await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    [GeneratedRegex(@"^/v2/(?<name>[a-z0-9._/-]+)/(?<kind>tags/list|manifests/|blobs/)(?<reference>[A-Za-z0-9_.:-]*)\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Paths();
}
