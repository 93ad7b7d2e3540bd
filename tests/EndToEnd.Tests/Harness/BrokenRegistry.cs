using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>Stands before a registry, passes everything on, and on command answers with what proxies and portals answer when something is wrong.</summary>
internal sealed class BrokenRegistry : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly HttpClient _registry;
    private (int Status, string ContentType, string Body)? _answer;

    private BrokenRegistry(WebApplication web, HttpClient registry) => (_web, _registry) = (web, registry);

    /// <summary>host:port.</summary>
    public string Host => new Uri(_web.Urls.First()).Authority;

    /// <summary>Requests that were answered instead of being passed on.</summary>
    public int Broken { get; private set; }

    /// <summary>Starts one.</summary>
    public static async Task<BrokenRegistry> StartAsync(string registry)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var broken = new BrokenRegistry(builder.Build(), new HttpClient { BaseAddress = new Uri($"http://{registry}") });
        broken._web.Run(broken.HandleAsync);
        await broken._web.StartAsync();
        return broken;
    }

    /// <summary>Answers everything with this; null: passes on.</summary>
    public void Answer((int Status, string ContentType, string Body)? answer) => (_answer, Broken) = (answer, 0);

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        _registry.Dispose();
    }

    private async Task HandleAsync(HttpContext http)
    {
        if (_answer is { } answer)
        {
            Broken++;
            http.Response.StatusCode = answer.Status;
            http.Response.ContentType = answer.ContentType;
            if (HttpMethods.IsGet(http.Request.Method))
                await http.Response.WriteAsync(answer.Body);
            return;
        }
        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), http.Request.Path + http.Request.QueryString);
        request.Headers.TryAddWithoutValidation("Accept", http.Request.Headers.Accept.ToArray());
        using var passed = await _registry.SendAsync(request);
        http.Response.StatusCode = (int)passed.StatusCode;
        foreach (var (name, values) in passed.Headers.Concat(passed.Content.Headers))
        {
            if (name is not ("Transfer-Encoding" or "Date"))
                http.Response.Headers[name] = values.ToArray();
        }
        if (HttpMethods.IsGet(http.Request.Method))
            await passed.Content.CopyToAsync(http.Response.Body);
    }
}
