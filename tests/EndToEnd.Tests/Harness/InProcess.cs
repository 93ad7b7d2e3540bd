using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using CacheMachine.Host.Startup;
using CacheMachine.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>The service in the test's own process, started with flags.</summary>
internal sealed class InProcess : RunningService
{
    // The clock may go faster than the disk.
    private const string RealDisk = """
        akka.persistence {
          journal-plugin-fallback.recovery-event-timeout = 60s
          journal-plugin-fallback.circuit-breaker.call-timeout = 60s
          snapshot-store-plugin-fallback.circuit-breaker.call-timeout = 60s
        }
        """;

    private readonly WebApplication _service;
    private readonly ClusterConnection _cluster;

    private InProcess(WebApplication service, ClusterConnection cluster) => (_service, _cluster) = (service, cluster);

    public override Uri Address => _service.Address();

    /// <summary>All that Akka.NET was told.</summary>
    public Config AkkaSettings => _service.Services.GetRequiredService<ActorSystem>().Settings.Config;

    public static async Task<InProcess> StartAsync(
        IEnumerable<string> flags, IReadOnlyDictionary<string, string>? environment = null, TimeProvider? time = null)
    {
        var variables = new Dictionary<string, string> { ["SAFIR_LOG_LEVEL"] = "WARNING" };
        foreach (var (name, value) in environment ?? variables)
            variables[name] = value;
        var asRead = new ConfigurationBuilder().AddInMemoryCollection(
            variables.Select(variable => KeyValuePair.Create(variable.Key.Replace("__", ":", StringComparison.Ordinal), (string?)variable.Value)));
        var startup = HostStartup.Load(["--port", "0", .. flags], asRead.Build(), AppContext.BaseDirectory);
        if (startup.Settings is not { } settings)
            throw new InvalidOperationException(string.Join(Environment.NewLine, startup.Errors));
        time ??= TimeProvider.System;
        var cluster = ClusterConnection.Open(settings, time);
        var service = Service.Build(settings, cluster, time, akka =>
        {
            if (time != TimeProvider.System)
                akka.AddHocon(TimeProviderScheduler.On(time).WithFallback(RealDisk), HoconAddMode.Prepend);
        });
        await service.StartAsync();
        return new InProcess(service, cluster);
    }

    protected override async ValueTask StopAsync()
    {
        await _service.StopAsync();
        await _service.DisposeAsync();
        _cluster.Dispose();
    }
}
