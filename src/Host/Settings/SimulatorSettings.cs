namespace CacheMachine.Host.Settings;

/// <summary>The built-in cluster.</summary>
/// <param name="Nodes">How many.</param>
/// <param name="Example">Whether an example machine is made at the start.</param>
public sealed record SimulatorSettings(int Nodes, bool Example)
{
    /// <summary>Most nodes that the built-in cluster may have.</summary>
    public const int MaxNodes = 5000;

    internal static SimulatorSettings Read(SettingsReader reader) => new(reader.Integer("nodes", 1, MaxNodes), reader.Boolean("example"));
}
