using CacheMachine.Host.Startup;

using var signals = new StopSignals();
var environment = new ConfigurationBuilder().AddEnvironmentVariables().Build();
var startup = HostStartup.Load(args, environment, AppContext.BaseDirectory);
if (startup.Settings is not { } settings)
{
    await Console.Out.WriteAsync(startup.Output);
    foreach (var error in startup.Errors)
        await Console.Error.WriteLineAsync(error);
    return startup.ExitCode;
}

try
{
    using var cluster = ClusterConnection.Open(settings, TimeProvider.System);
    await using var service = Service.Build(settings, cluster, TimeProvider.System, signals: signals);
    try
    {
        await service.StartAsync();
        await service.WaitForShutdownAsync();
    }
    catch (OperationCanceledException) when (signals.Received is not null)
    {
        // Told to end while it started: what has started ends in order.
        await service.StopAsync();
    }
    // Where nobody told it to end, the other replicas have given it up, or it has a defect: the process is to be started anew.
    return signals.Received is null ? 1 : 0;
}
catch (Exception e)
{
    await Console.Error.WriteLineAsync(StartFailures.Describe(e, settings) ?? e.ToString());
    return 1;
}
