namespace CacheMachine.Kubernetes.Config;

/// <summary>What configuration is read from besides the files themselves; replaced in tests.</summary>
public sealed record ConfigEnvironment
{
    /// <summary>The present process: its variables, home folder and clock.</summary>
    public static ConfigEnvironment Process { get; } = new();

    /// <summary>Value of an environment variable, or null.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>Holds <c>.kube/config</c>.</summary>
    public string HomeDirectory { get; init; } = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>Where kubelet mounts <c>token</c>, <c>ca.crt</c> and <c>namespace</c> into a pod.</summary>
    public string ServiceAccountDirectory { get; init; } = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>
    /// Token, CA and certificate files are read again when they were last read this long ago. Bound service account tokens are
    /// rotated at 80 % of their life (an hour or more), so a minute is early enough; client-go uses the same.
    /// </summary>
    public TimeSpan FileReloadPeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>An exec plugin that takes longer is killed.</summary>
    public TimeSpan ExecTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For reload periods, token expiry and the plugin's time-out.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
