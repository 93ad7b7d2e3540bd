using CacheMachine.Host.Clustering;
using CacheMachine.Host.Kubernetes.Access;
using CacheMachine.Host.Settings;

namespace CacheMachine.Host.Startup;

/// <summary>What keeps the service from starting, as an operator should read it.</summary>
public static class StartFailures
{
    /// <summary>One line; null for a defect, which wants a stack trace.</summary>
    public static string? Describe(Exception e, HostSettings settings) => e switch
    {
        KubernetesConfigException => $"kubernetes: {e.Message}",
        ReplicaConfigException => $"cluster: {e.Message}",
        JournalNotOpenedException when settings.Data.Postgres is not null => $"data.postgres: {e.Message}",
        JournalNotOpenedException => $"data.dir = {settings.Data.Directory}: {e.Message}",
        PortException or IOException or UnauthorizedAccessException => e.Message,
        _ => null,
    };
}
