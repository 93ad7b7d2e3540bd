namespace CacheMachine.Host.Configuration.Settings;

/// <summary>Spreading of machines over replicas.</summary>
/// <param name="Shards">Number of shards.</param>
public sealed record ShardingSettings(int Shards)
{
    internal static ShardingSettings Read(SettingsReader reader) => new(reader.Integer("shards", 1, 1024));
}
