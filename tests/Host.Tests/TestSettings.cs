using CacheMachine.Host.Startup;
using CacheMachine.Host.Tests.Settings;

namespace CacheMachine.Host.Tests;

/// <summary>Settings as the service reads them at its start, with a cluster that nothing is asked of.</summary>
internal static class TestSettings
{
    /// <summary>The defaults, but for these settings.</summary>
    /// <param name="settings">As <c>PULL__RETRY_MIN</c>.</param>
    public static HostStartup Load(params IEnumerable<(string Key, string Value)> settings) => HostStartup.Load(
        ["--port", "0"],
        Variables.Of([.. settings.Append(("KUBERNETES__KUBECONFIG", "/kubeconfig")).Select(s => ($"CACHEMACHINE__{s.Item1}", s.Item2))]),
        AppContext.BaseDirectory);
}
