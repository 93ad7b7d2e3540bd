using CacheMachine.Host.Startup;

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
    using var cluster = ClusterConnection.Open(settings, TimeProvider.System);
    await using var service = Service.Build(settings, cluster, TimeProvider.System);
    await service.StartAsync();
    var shutdown = CoordinatedShutdown.Get(service.Services.GetRequiredService<ActorSystem>());
    await service.WaitForShutdownAsync();
    // The other replicas have given this one up, or it could not join them: the process is to be started anew.
    return shutdown.ShutdownReason is CoordinatedShutdown.ClusterDowningReason or CoordinatedShutdown.ClusterJoinUnsuccessfulReason ? 1 : 0;
}
catch (OperationCanceledException)
{
    // Told to end while it started.
    return 0;
}
catch (Exception e) when (StartFailures.Describe(e, settings) is { } why)
{
    await Console.Error.WriteLineAsync(why);
    return 1;
}
