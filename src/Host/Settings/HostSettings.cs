using Akka.Configuration;

namespace CacheMachine.Host.Settings;

/// <summary>All settings, checked; hocon/reference.conf gives the default, unit and bounds of each.</summary>
/// <param name="Http">The API's listener.</param>
/// <param name="Log">What is logged, and how.</param>
/// <param name="Data">Where machines and their history are kept.</param>
/// <param name="MachinesDirectory">JSON files of machines that exist from the start; may be missing.</param>
/// <param name="PodInfoDirectory">Files of the downward API; may be missing.</param>
/// <param name="Registry">Image registries.</param>
/// <param name="Kubernetes">Which cluster.</param>
/// <param name="Pull">Pulling and retrying.</param>
/// <param name="Cluster">Several replicas.</param>
/// <param name="Allow">What a POST may ask for.</param>
/// <param name="Limits">How much there may be.</param>
public sealed record HostSettings(
    HttpSettings Http,
    LogSettings Log,
    DataSettings Data,
    string MachinesDirectory,
    string PodInfoDirectory,
    RegistrySettings Registry,
    KubernetesSettings Kubernetes,
    PullSettings Pull,
    ClusterSettings Cluster,
    AllowSettings Allow,
    LimitSettings Limits)
{
    /// <summary>The section that holds all settings.</summary>
    public const string Section = "cachemachine";

    /// <summary>Akka.NET's own tuning by the files, with <c>akka</c> as its root; null for none.</summary>
    public Config? Akka { get; init; }

    /// <summary>Every setting that is not as reference.conf has it, for people, with where it is from; secrets are struck.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>Reads and checks everything; touches nothing but <paramref name="configuration"/>.</summary>
    /// <returns>The settings, or all faults: values out of bounds, missing ones, and names that are no setting.</returns>
    public static HostSettingsResult From(IConfigurationRoot configuration)
    {
        var reader = new SettingsReader(configuration, Section);
        var kubernetes = KubernetesSettings.Read(reader.Section("kubernetes"));
        var settings = new HostSettings(
            HttpSettings.Read(reader.Section("http"), kubernetes.InCluster),
            LogSettings.Read(reader.Section("log")),
            DataSettings.Read(reader.Section("data")),
            reader.Path("machines-dir"),
            reader.Path("podinfo-dir"),
            RegistrySettings.Read(reader.Section("registry")),
            kubernetes,
            PullSettings.Read(reader.Section("pull")),
            ClusterSettings.Read(reader.Section("cluster"), kubernetes.InCluster),
            AllowSettings.Read(reader.Section("allow")),
            LimitSettings.Read(reader.Section("limits")));
        reader.RefuseUnread();
        var akka = configuration.Providers.OfType<SettingsLayer>().Select(layer => layer.Akka).OfType<Config>()
            .Aggregate((Config?)null, (weaker, stronger) => weaker is null ? stronger : stronger.WithFallback(weaker));
        settings = settings with { Akka = akka, Changes = akka is null ? reader.Changes : [.. reader.Changes, "akka { } by the files"] };
        return new HostSettingsResult(reader.Faults.Count == 0 ? settings : null, reader.Faults, reader.KeysRead);
    }
}

/// <summary>What <see cref="HostSettings.From"/> gives.</summary>
/// <param name="Settings">Null when there is a fault.</param>
/// <param name="Faults">All of them, in the order of the settings.</param>
/// <param name="KeysRead">Every key that was asked for, dotted.</param>
public sealed record HostSettingsResult(HostSettings? Settings, IReadOnlyList<SettingsFault> Faults, IReadOnlyCollection<string> KeysRead);
