using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CacheMachine.Kubernetes.Bench;

/// <summary>Lists and watches nodes, as bytes that are there before anybody asks.</summary>
internal static class RawServer
{
    private const int ListVersion = 1_000_000;

    /// <summary>Writes its address to standard output, and runs until standard input ends.</summary>
    public static async Task RunAsync()
    {
        var pages = Enumerable.Range(0, Load.Nodes / Load.Page).Select(Page).ToArray();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var app = builder.Build();
        app.Run(context => context.Request.Query["watch"] == "true" ? WatchAsync(context) : ListAsync(context, pages));
        await app.StartAsync();
        await Console.Out.WriteLineAsync(app.Urls.First());
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
    }

    private static async Task ListAsync(HttpContext context, byte[][] pages)
    {
        var page = int.TryParse(context.Request.Query["continue"], CultureInfo.InvariantCulture, out var next) ? next : 0;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(pages[page]);
    }

    private static async Task WatchAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        await context.Response.StartAsync();
        for (var i = 0; i < Load.Changes; i++)
        {
            await context.Response.Body.WriteAsync("{\"type\":\"MODIFIED\",\"object\":"u8.ToArray());
            await context.Response.Body.WriteAsync(Load.Node(i % Load.Nodes, ListVersion + 1 + i));
            await context.Response.Body.WriteAsync("}\n"u8.ToArray());
        }
        await context.Response.Body.FlushAsync();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static byte[] Page(int page)
    {
        using var body = new MemoryStream();
        var more = (page + 1) * Load.Page < Load.Nodes ? $",\"continue\":\"{page + 1}\"" : "";
        body.Write(Encoding.UTF8.GetBytes($$"""{"kind":"NodeList","apiVersion":"v1","metadata":{"resourceVersion":"{{ListVersion}}"{{more}}},"items":["""));
        for (var i = 0; i < Load.Page; i++)
        {
            if (i > 0)
                body.Write(","u8);
            body.Write(Load.Node(page * Load.Page + i, 1));
        }
        body.Write("]}"u8);
        return body.ToArray();
    }
}
