namespace CacheMachine.Host.Settings;

/// <summary>How much there may be of what takes memory.</summary>
/// <param name="Machines">Machines.</param>
/// <param name="ImagesPerMachine">Images that one POSTed machine may desire.</param>
public sealed record LimitSettings(int Machines, int ImagesPerMachine)
{
    internal static LimitSettings Read(SettingsReader reader) =>
        new(reader.Integer("machines", 1, 100_000), reader.Integer("images-per-machine", 1, 100_000));
}
