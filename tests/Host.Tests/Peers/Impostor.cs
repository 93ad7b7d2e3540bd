using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace CacheMachine.Host.Tests.Peers;

/// <summary>Listens as a replica does, without the key: says 200 to everything.</summary>
internal sealed class Impostor : IAsyncDisposable
{
    private readonly WebApplication _web;

    private Impostor(WebApplication web) => _web = web;

    public string Address => _web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "#one";

    public static async Task<Impostor> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var web = builder.Build();
        web.Run(context => context.Response.WriteAsync("""{"manifest":"machine-not-found/1","message":{"machine":"m"}}"""));
        await web.StartAsync();
        return new Impostor(web);
    }

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
    }
}
