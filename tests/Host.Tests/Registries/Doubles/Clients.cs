using System.Net;
using CacheMachine.Host.Registries;
using CacheMachine.Host.Registries.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace CacheMachine.Host.Tests.Registries.Doubles;

internal static class Clients
{
    /// <summary>A client that trusts the test certificate; names resolve to loopback, unless told otherwise.</summary>
    public static RegistryClient Create(RegistryOptions? options = null, TimeProvider? time = null, HostResolver? resolve = null) => new(
        (options ?? new RegistryOptions()) with { UseEnvironmentProxy = false },
        time ?? TimeProvider.System,
        NullLogger<RegistryClient>.Instance,
        resolve ?? ((_, _) => Task.FromResult(new[] { IPAddress.Loopback })),
        (_, certificate, _, _) => certificate?.GetCertHashString() == FakeServer.Certificate.GetCertHashString());

    /// <summary>A client that talks plain http to these servers.</summary>
    public static RegistryClient For(params FakeServer[] servers) => Create(Insecure(servers));

    public static RegistryOptions Insecure(params FakeServer[] servers) => new() { InsecureHosts = [.. servers.Select(server => server.Host)] };

    public static async Task<RegistryException> FailsAsync(RegistryErrorKind kind, Func<Task> call)
    {
        var exception = await Xunit.Assert.ThrowsAsync<RegistryException>(call);
        Xunit.Assert.Equal(kind, exception.Kind);
        return exception;
    }
}
