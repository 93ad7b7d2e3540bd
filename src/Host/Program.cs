using CacheMachine.Host;
using CacheMachine.Host.Configuration;

var startup = HostStartup.Load(args, HostStartup.ProcessEnvironment(), AppContext.BaseDirectory);
if (startup.Settings is not { } settings)
{
    await Console.Out.WriteAsync(startup.Output);
    foreach (var error in startup.Errors)
        await Console.Error.WriteLineAsync(error);
    return startup.ExitCode;
}

try
{
    if (startup.Start is { Replicas: > 1 } several)
        return await ReplicaLauncher.RunAsync(several, settings);
    await using var service = await Service.StartAsync(settings, TimeProvider.System);
    await service.WaitForShutdownAsync();
    return 0;
}
catch (Exception e) when (StartFailures.Describe(e, settings) is not null)
{
    await Console.Error.WriteLineAsync(StartFailures.Describe(e, settings));
    return 1;
}
