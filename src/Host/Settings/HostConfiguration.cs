namespace CacheMachine.Host.Settings;

/// <summary>The layers of settings, the weakest first: reference.conf, where we run, the files given, the environment, the flags.</summary>
public static class HostConfiguration
{
    /// <summary>Where the defaults are, relative to the program's own directory.</summary>
    public const string ReferenceFile = "hocon/reference.conf";

    /// <summary>Reads all layers.</summary>
    /// <param name="baseDirectory">The program's own directory (<see cref="AppContext.BaseDirectory"/>).</param>
    /// <param name="files">HOCON files, the weakest first; each must exist.</param>
    /// <param name="environment">Environment variables as Microsoft.Extensions.Configuration has them, with ':' for "__".</param>
    /// <param name="flags">Settings that the flags made.</param>
    /// <param name="flagOf">The name of the flag that made a setting; null for none.</param>
    /// <exception cref="SettingsFileException">Files are missing or break a rule; all of them.</exception>
    public static IConfigurationRoot Build(
        string baseDirectory,
        IEnumerable<string> files,
        IConfiguration environment,
        IReadOnlyDictionary<string, string?> flags,
        Func<string, string?>? flagOf = null)
    {
        var faults = new List<string>();
        var reference = Read(Path.Combine(baseDirectory, ReferenceFile), isReference: true);
        var layers = files.Select(file => Read(file)).ToList();
        if (faults.Count > 0)
            throw new SettingsFileException(faults);
        var builder = new ConfigurationBuilder().Add(reference!).Add(EnvironmentLayer.Surroundings(environment));
        layers.ForEach(layer => builder.Add(layer!));
        return builder.Add(EnvironmentLayer.From(environment)).Add(new SettingsLayer(flags, flagOf ?? (_ => null))).Build();

        SettingsLayer? Read(string path, bool isReference = false)
        {
            try
            {
                return HoconFile.Read(path, isReference);
            }
            catch (SettingsFileException e)
            {
                faults.AddRange(e.Faults);
                return null;
            }
        }
    }
}
