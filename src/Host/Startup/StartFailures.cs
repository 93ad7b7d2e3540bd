using CacheMachine.Host.Settings;
using CacheMachine.Host.Clustering;
using CacheMachine.Kubernetes.Config;

namespace CacheMachine.Host.Startup;

/// <summary>What keeps the service from starting, as an operator should read it.</summary>
public static class StartFailures
{
    /// <summary>One line; null for a defect, which wants a stack trace.</summary>
    public static string? Describe(Exception e, HostSettings settings) => e switch
    {
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } =>
            $"http.port = {settings.Http.Port}: {settings.Http.BindAddress}:{settings.Http.Port} is in use by another process; give another one with --port",
        KubernetesConfigException => $"kubernetes: {e.Message}",
        ReplicaConfigException => $"cluster: {e.Message}",
        JournalNotOpenedException when settings.Data.Postgres is not null => $"data.postgres: {e.Message}",
        JournalNotOpenedException => $"data.dir = {settings.Data.Directory}: {e.Message}",
        IOException or UnauthorizedAccessException => e.Message,
        _ => null,
    };
}
