using CacheMachine.Host;
using CacheMachine.Host.Configuration;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>The service in the test's own process, started with flags.</summary>
internal sealed class InProcess : RunningService
{
    private readonly Service _service;

    private InProcess(Service service) => _service = service;

    public override Uri Address => _service.Address;

    public static async Task<InProcess> StartAsync(
        IEnumerable<string> flags, IReadOnlyDictionary<string, string>? environment = null, TimeProvider? time = null)
    {
        var variables = new Dictionary<string, string> { ["SAFIR_LOG_LEVEL"] = "WARNING" };
        foreach (var (name, value) in environment ?? variables)
            variables[name] = value;
        var startup = HostStartup.Load(["--port", "0", .. flags], variables, AppContext.BaseDirectory);
        return startup.Settings is { } settings
            ? new InProcess(await Service.StartAsync(settings, time ?? TimeProvider.System))
            : throw new InvalidOperationException(string.Join(Environment.NewLine, startup.Errors));
    }

    protected override ValueTask StopAsync() => _service.DisposeAsync();
}
