using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using CacheMachine.Host.Kubernetes;
using CacheMachine.Host.Kubernetes.Access;
using CacheMachine.Host.Kubernetes.Calls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CacheMachine.Host.Tests.Kubernetes.Support;

/// <summary>An API server on loopback that plays what a test scripts, and remembers what it was asked.</summary>
internal sealed class FakeApi : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeApi(WebApplication app) => _app = app;

    /// <summary>Requests in the order of their arrival.</summary>
    public ConcurrentQueue<SeenRequest> Seen { get; } = new();

    public Uri Address { get; private set; } = new("http://unset");

    public static async Task<FakeApi> StartAsync(Func<HttpContext, Task> answer, X509Certificate2? certificate = null, bool askForClientCertificate = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                if (certificate is null)
                    return;
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(new HttpsConnectionAdapterOptions
                {
                    ServerCertificate = certificate,
                    ClientCertificateMode = askForClientCertificate ? ClientCertificateMode.AllowCertificate : ClientCertificateMode.NoCertificate,
                    ClientCertificateValidation = (_, _, _) => true,
                });
            });
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        var app = builder.Build();
        var api = new FakeApi(app);
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            api.Seen.Enqueue(new SeenRequest(
                context.Request.Method,
                context.Request.Path,
                context.Request.QueryString.Value ?? "",
                context.Request.Headers.Authorization.ToString(),
                context.Request.ContentType,
                body,
                context.Request.Protocol,
                context.Request.Host.Host,
                (await context.Connection.GetClientCertificateAsync())?.Subject));
            await answer(context);
        });
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        api.Address = new Uri(address);
        return api;
    }

    /// <summary>Answers the n-th request with the n-th script; any further one is a failure of the test.</summary>
    public static Task<FakeApi> ScriptAsync(params Func<HttpContext, Task>[] answers)
    {
        var next = -1;
        return StartAsync(context =>
        {
            var index = Interlocked.Increment(ref next);
            return index < answers.Length ? answers[index](context) : context.JsonAsync(500, """{"unexpected":"request"}""");
        });
    }

    public KubernetesConnection Connect(ApiTimes? times = null, ApiCredentials? credentials = null, TimeProvider? time = null) =>
        Connections.To(Address, times, credentials, time);

    public async ValueTask DisposeAsync()
    {
        // An abandoned watch must not make the stop wait.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}

internal sealed record SeenRequest(
    string Method, string Path, string Query, string Authorization, string? ContentType, string Body, string Protocol, string Host,
    string? ClientCertificate);
