using Akka.Configuration;

namespace CacheMachine.Host.Settings;

/// <summary>Settings from one place, which knows what to call it.</summary>
internal sealed class SettingsLayer : ConfigurationProvider, IConfigurationSource
{
    private readonly Func<string, string?> _origin;

    /// <param name="values">By keys joined with ':'.</param>
    /// <param name="origin">Where the value of a key is from: FILE:LINE, a variable or a flag; null for a default.</param>
    /// <param name="akka">Akka.NET's own tuning; null for none.</param>
    public SettingsLayer(IEnumerable<KeyValuePair<string, string?>> values, Func<string, string?> origin, Config? akka = null)
    {
        Data = new Dictionary<string, string?>(values, StringComparer.OrdinalIgnoreCase);
        _origin = origin;
        Akka = akka;
    }

    /// <summary>Akka.NET's own tuning, with <c>akka</c> as its root; null for none.</summary>
    public Config? Akka { get; }

    /// <summary>Where the value of a key is from; null for a default.</summary>
    public string? Origin(string key) => _origin(key);

    /// <inheritdoc/>
    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;
}
