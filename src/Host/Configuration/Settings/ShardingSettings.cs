namespace CacheMachine.Host.Configuration.Settings;

/// <summary>Spreading of machines over replicas.</summary>
/// <param name="Shards">Number of shards.</param>
/// <param name="PassivateAfter">Idle time after which an actor leaves memory; null for never.</param>
public sealed record ShardingSettings(int Shards, TimeSpan? PassivateAfter)
{
    internal static ShardingSettings Read(SettingsReader reader) => new(
        reader.Integer("shards", 1, 1024),
        reader.DurationOrNone("passivate-after", TimeSpan.FromMinutes(1), TimeSpan.FromDays(30)));
}
