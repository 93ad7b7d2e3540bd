namespace CacheMachine.Host.Settings;

/// <summary>Which cluster is served.</summary>
public enum KubernetesMode
{
    /// <summary>The cluster of a kubeconfig file.</summary>
    Kubeconfig,

    /// <summary>The cluster that we run in, by its service account.</summary>
    InCluster,
}

/// <summary>Which cluster, and where in it.</summary>
/// <param name="Mode">Decided: <c>auto</c> does not appear here.</param>
/// <param name="InCluster">Whether we run inside a cluster.</param>
/// <param name="Kubeconfig">The file; never null in mode <see cref="KubernetesMode.Kubeconfig"/>.</param>
/// <param name="Context">Null for the file's current context.</param>
/// <param name="Namespace">Null for the context's or our own.</param>
/// <param name="PullSecret">Name of the image pull Secret; null for none.</param>
public sealed record KubernetesSettings(
    KubernetesMode Mode, bool InCluster, string? Kubeconfig, string? Context, string? Namespace, string? PullSecret)
{
    internal static KubernetesSettings Read(SettingsReader reader)
    {
        var mode = reader.Choice<KubernetesMode?>(
            "mode",
            ("auto", null),
            ("kubeconfig", KubernetesMode.Kubeconfig),
            ("in-cluster", KubernetesMode.InCluster));
        var inCluster = reader.Boolean("in-cluster");
        var kubeconfig = reader.OptionalPath("kubeconfig");
        reader.Require(
            kubeconfig is not null || mode is not KubernetesMode.Kubeconfig, "kubeconfig", "must name a file when kubernetes.mode is kubeconfig");
        reader.Require(
            mode is not null || kubeconfig is not null || inCluster, "mode",
            "must find a cluster, and none is named: give its kubeconfig file (--kubeconfig FILE), or start a simulated one with ./run");
        mode ??= inCluster && kubeconfig is null ? KubernetesMode.InCluster : KubernetesMode.Kubeconfig;
        return new KubernetesSettings(
            mode.Value,
            inCluster,
            kubeconfig,
            reader.OptionalText("context", "must be at most 253 characters", t => t.Length <= 253),
            reader.OptionalText("namespace", SettingsRules.Namespace + "; or empty", SettingsRules.IsNamespace),
            reader.OptionalText("pull-secret", SettingsRules.ResourceName + "; or empty", SettingsRules.IsResourceName));
    }
}
