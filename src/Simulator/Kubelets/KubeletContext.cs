using System.Text;
using CacheMachine.Simulator.Api;
using CacheMachine.Simulator.Registries;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Kubelets;

/// <summary>What all kubelets share.</summary>
internal sealed record KubeletContext(ResourceService Resources, SimulatedRegistry Registry, SimulatedClusterOptions Options)
{
    public DateTimeOffset Now => Resources.Time.GetUtcNow();

    /// <summary>The credentials for a registry host in the pull secrets of a pod, or null.</summary>
    public (string User, string Password)? Credentials(string ns, IEnumerable<string> secrets, string host)
    {
        foreach (var name in secrets)
        {
            if (Resources.Store.Get(ResourceType.Secrets, ns, name)?.Parse().Text("data", ".dockerconfigjson") is not { } data)
                continue;
            var entry = Json.Parse(Convert.FromBase64String(data)).Map("auths", host);
            if (entry.Text("username") is { } user && entry.Text("password") is { } password)
                return (user, password);
            if (entry.Text("auth") is { } auth && Encoding.UTF8.GetString(Convert.FromBase64String(auth)).Split(':', 2) is [var u, var p])
                return (u, p);
        }

        return null;
    }
}
