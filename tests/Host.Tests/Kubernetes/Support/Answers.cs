using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace CacheMachine.Host.Tests.Kubernetes.Support;

/// <summary>Pieces that scripted answers are made of.</summary>
internal static class Answers
{
    public static async Task JsonAsync(this HttpContext context, int code, string json, params (string Name, string Value)[] headers)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        foreach (var (name, value) in headers)
            context.Response.Headers[name] = value;
        await context.Response.WriteAsync(json);
    }

    public static Func<HttpContext, Task> Json(int code, string json, params (string Name, string Value)[] headers) =>
        context => context.JsonAsync(code, json, headers);

    public static Func<HttpContext, Task> Status(int code, string reason, string message) => Json(code, StatusJson(code, reason, message));

    public static string StatusJson(int code, string reason, string message) =>
        $$"""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"{{message}}","reason":"{{reason}}","code":{{code}}}""";

    public static string NodeJson(string name, string version = "1") =>
        $$$"""{"metadata":{"name":"{{{name}}}","uid":"u-{{{name}}}","resourceVersion":"{{{version}}}"},"spec":{},"status":{}}""";

    public static string NodeList(string version, string? next, params string[] names) =>
        $$"""{"kind":"NodeList","apiVersion":"v1","metadata":{"resourceVersion":"{{version}}"{{(next is null ? "" : $",\"continue\":\"{next}\"")}}},"items":[{{string.Join(",", names.Select(n => NodeJson(n)))}}]}""";

    public static Func<HttpContext, Task> Nodes(string version, params string[] names) => Json(200, NodeList(version, null, names));

    public static string Frame(string type, string body) => $$"""{"type":"{{type}}","object":{{body}}}""" + "\n";

    public static string Bookmark(string version) =>
        Frame("BOOKMARK", $$$"""{"kind":"Node","apiVersion":"v1","metadata":{"resourceVersion":"{{{version}}}","creationTimestamp":null},"spec":{},"status":{}}""");

    /// <summary>A watch that says these frames and ends in order.</summary>
    public static Func<HttpContext, Task> Watch(params string[] frames) => async context => await context.FramesAsync(frames);

    /// <summary>A watch whose text comes in pieces of so many bytes, and ends in order.</summary>
    public static Func<HttpContext, Task> WatchInPieces(string text, int size) => async context =>
    {
        await context.FramesAsync();
        foreach (var piece in Encoding.UTF8.GetBytes(text).Chunk(size))
        {
            await context.Response.Body.WriteAsync(piece);
            await context.Response.Body.FlushAsync();
        }
    };

    /// <summary>A watch that says these frames and then stays open and silent until the client goes away.</summary>
    public static Func<HttpContext, Task> OpenWatch(params string[] frames) => async context =>
    {
        await context.FramesAsync(frames);
        await context.UntilGoneAsync();
    };

    /// <summary>A watch whose connection breaks after these frames, as soon as the test says so.</summary>
    public static Func<HttpContext, Task> BrokenWatch(Task whenToBreak, params string[] frames) => async context =>
    {
        await context.FramesAsync(frames);
        await whenToBreak;
        context.Abort();
    };

    public static async Task FramesAsync(this HttpContext context, params string[] frames)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = "application/json";
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync();
        }

        foreach (var frame in frames)
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(frame));
            await context.Response.Body.FlushAsync();
        }
    }

    public static async Task UntilGoneAsync(this HttpContext context)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = context.RequestAborted.Register(() => gone.SetResult());
        await gone.Task;
    }

    public static string Query(this HttpContext context, string name) => context.Request.Query[name].ToString();

    public static int QueryNumber(this HttpContext context, string name) =>
        int.Parse(context.Query(name), CultureInfo.InvariantCulture);
}
