using System.Globalization;
using CacheMachine.Simulator.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace CacheMachine.Simulator.Api;

/// <summary>The Kubernetes API on <c>http://127.0.0.1:PORT</c>. Plain HTTP/1.1; with a bearer token if one is configured.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ResourceService _resources;
    private readonly ReadHandler _reader;
    private readonly WriteHandler _writer;
    private readonly WatchHandler _watcher;
    private readonly string? _token;
    private readonly Func<string?> _unhealthy;

    public ApiServer(ResourceService resources, int port, string? token, TimeSpan bookmarkInterval, Func<string?> unhealthy)
    {
        _resources = resources;
        _token = token;
        _unhealthy = unhealthy;
        Faults = new Faults(resources.Names.Share);
        _reader = new ReadHandler(resources.Store);
        _writer = new WriteHandler(resources);
        _watcher = new WatchHandler(resources.Store, resources.Time, bookmarkInterval, Faults);
        _app = Loopback.Build(port, Handle);
    }

    public Faults Faults { get; }

    public RequestCounters Requests { get; } = new();

    public Uri Uri => Loopback.Address(_app);

    public Task StartAsync(CancellationToken cancel) => _app.StartAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task Handle(HttpContext context)
    {
        try
        {
            await Route(context).ConfigureAwait(false);
        }
        catch (ApiException refusal) when (!context.Response.HasStarted)
        {
            await WriteStatus(context, refusal).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested || _stopping.IsCancellationRequested)
        {
            // Nobody is left to answer to.
        }
    }

    private async Task Route(HttpContext context)
    {
        if (_token is not null && context.Request.Headers.Authorization.ToString() != $"Bearer {_token}")
            throw ApiErrors.Unauthorized();
        if (RequestInfo.Read(context.Request) is not { } info)
        {
            await Other(context).ConfigureAwait(false);
            return;
        }

        Requests.Add(info.Verb, info.Type.Plural);
        switch (Faults.Pick(info))
        {
            case null:
                await Serve(context, info).ConfigureAwait(false);
                break;
            case FaultKind.Timeout:
                await Faults.Hang(context, _stopping.Token).ConfigureAwait(false);
                break;
            case FaultKind.Reset:
                context.Abort();
                break;
            case FaultKind.ResetAfter:
                context.Response.Body = Stream.Null;
                await Serve(context, info).ConfigureAwait(false);
                context.Abort();
                break;
            case { } kind:
                throw Faults.AsError(kind, info);
        }
    }

    private Task Serve(HttpContext context, RequestInfo info)
    {
        if (info.Subresource.Length > 0 && !(info.Subresource == "status" && info.Type.HasStatus))
            throw ApiErrors.NoRoute();
        if (info.Type.Namespaced && info.Namespace.Length == 0 && info.Name.Length > 0)
            throw ApiErrors.NoRoute();
        return (info.Verb, info.Subresource) switch
        {
            ("get", _) => _reader.Get(context, info),
            ("list", _) => _reader.List(context, info),
            ("watch", _) => _watcher.Watch(context, info, _stopping.Token),
            ("create", "") when info.Name.Length == 0 => _writer.Create(context, info),
            ("update", _) when info.Name.Length > 0 => _writer.Update(context, info),
            ("patch", _) when info.Name.Length > 0 => _writer.Patch(context, info),
            ("delete", "") => _writer.Delete(context, info),
            ("deletecollection", "") => _writer.DeleteCollection(context, info),
            _ => throw ApiErrors.MethodNotAllowed(),
        };
    }

    private async Task Other(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (path is "/healthz" or "/readyz" or "/livez")
        {
            var trouble = _unhealthy();
            context.Response.StatusCode = trouble is null ? 200 : 500;
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync(trouble ?? "ok", context.RequestAborted).ConfigureAwait(false);
            return;
        }

        var document = Discovery.Find(path, _resources.Release) ?? throw ApiErrors.NoRoute();
        context.Response.ContentType = "application/json";
        await context.Response.BodyWriter.WriteAsync(Json.Serialize(document), context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task WriteStatus(HttpContext context, ApiException refusal)
    {
        context.Response.Clear();
        context.Response.StatusCode = refusal.Code;
        context.Response.ContentType = "application/json";
        if (refusal.Status.Number("details", "retryAfterSeconds") is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        await context.Response.BodyWriter.WriteAsync(Json.Serialize(refusal.Status), context.RequestAborted).ConfigureAwait(false);
    }
}
