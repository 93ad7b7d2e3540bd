namespace CacheMachine.Host.Settings.Hocon;

/// <summary>One layer of configuration made of HOCON files, which are merged before substitutions are resolved.</summary>
/// <param name="Files">The weakest first; each must exist.</param>
/// <param name="Environment">What substitutions that name no key find; null for a variable that is not set.</param>
public sealed record HoconConfigurationSource(IReadOnlyList<string> Files, Func<string, string?> Environment) : IConfigurationSource
{
    /// <inheritdoc/>
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new Provider(this);

    private sealed class Provider(HoconConfigurationSource source) : ConfigurationProvider
    {
        public override void Load() =>
            Data = new Dictionary<string, string?>(HoconDocument.Load(source.Files, source.Environment), StringComparer.OrdinalIgnoreCase);
    }
}
