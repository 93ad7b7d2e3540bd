using Akka.Hosting;
using CacheMachine.Host.Startup;
using CacheMachine.TestKit;
using Microsoft.AspNetCore.Builder;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>The service in the test's own process, started with flags.</summary>
internal sealed class InProcess : RunningService
{
    private readonly WebApplication _service;
    private readonly ClusterConnection _cluster;

    private InProcess(WebApplication service, ClusterConnection cluster) => (_service, _cluster) = (service, cluster);

    public override Uri Address => _service.Address();

    public static async Task<InProcess> StartAsync(
        IEnumerable<string> flags, IReadOnlyDictionary<string, string>? environment = null, TimeProvider? time = null)
    {
        var variables = new Dictionary<string, string> { ["SAFIR_LOG_LEVEL"] = "WARNING" };
        foreach (var (name, value) in environment ?? variables)
            variables[name] = value;
        var startup = HostStartup.Load(["--port", "0", .. flags], variables, AppContext.BaseDirectory);
        if (startup.Settings is not { } settings)
            throw new InvalidOperationException(string.Join(Environment.NewLine, startup.Errors));
        time ??= TimeProvider.System;
        var cluster = ClusterConnection.Open(settings, time);
        var service = Service.Build(settings, cluster, time, akka =>
        {
            if (time != TimeProvider.System)
                akka.AddHocon(TimeProviderScheduler.On(time), HoconAddMode.Prepend);
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
