namespace CacheMachine.Host.Settings;

/// <summary>What a POST may ask for. The operator's own machines may ask for anything.</summary>
/// <param name="Registries"><c>HOST</c>, <c>HOST:PORT</c>, <c>*.DOMAIN</c>, or <c>*</c> for any.</param>
/// <param name="PriorityClasses">Names, or <c>*</c> for any but those of the system.</param>
/// <param name="PullSecrets">Names, beside the service's own.</param>
/// <param name="Tolerations">Keys of taints, or <c>*</c> for any.</param>
/// <param name="TolerateEverything">Whether a toleration may be without a key.</param>
/// <param name="MaxCpu">Largest request and limit, in CPUs, as the setting writes it.</param>
/// <param name="MaxMemory">Largest request and limit, in bytes.</param>
/// <param name="MaxEphemeralStorage">Largest request and limit, in bytes.</param>
public sealed record AllowSettings(
    IReadOnlyList<string> Registries,
    IReadOnlyList<string> PriorityClasses,
    IReadOnlyList<string> PullSecrets,
    IReadOnlyList<string> Tolerations,
    bool TolerateEverything,
    string MaxCpu,
    long MaxMemory,
    long MaxEphemeralStorage)
{
    /// <summary>Stands for any.</summary>
    public const string Any = "*";

    private const int MaxElements = 1000;
    private const long Gibi = 1L << 30;

    internal static AllowSettings Read(SettingsReader reader) => new(
        reader.List("registries", MaxElements, "must be HOST, HOST:PORT, *.DOMAIN or *", IsRegistry),
        reader.List(
            "priority-classes", MaxElements, SettingsRules.ResourceName + "; or *",
            text => text == Any || SettingsRules.IsResourceName(text)),
        reader.List("image-pull-secrets", MaxElements, SettingsRules.ResourceName, SettingsRules.IsResourceName),
        reader.List("tolerations", MaxElements, "must be the key of a taint, or *", text => text == Any || TaintText.IsKey(text)),
        reader.Boolean("tolerate-everything"),
        reader.Text("max-cpu", Quantity.Rule, text => Quantity.Parse(text) is not null),
        reader.Size("max-memory", 0, 1024 * 1024 * Gibi),
        reader.Size("max-ephemeral-storage", 0, 1024 * 1024 * Gibi));

    private static bool IsRegistry(string text) =>
        text == Any || SettingsRules.IsRegistryHost(text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text);
}
