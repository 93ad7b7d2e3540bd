using CacheMachine.Host.Settings.Hocon;

namespace CacheMachine.Host.Settings;

/// <summary>The layers of configuration, the weakest first: reference.conf, the files given, the environment, the flags.</summary>
public static class HostConfiguration
{
    /// <summary>Where the defaults are, relative to the program's own directory.</summary>
    public const string ReferenceFile = "hocon/reference.conf";

    /// <summary>Reads all layers.</summary>
    /// <param name="baseDirectory">The program's own directory (<see cref="AppContext.BaseDirectory"/>).</param>
    /// <param name="files">HOCON files, the weakest first; each must exist. Substitutions see all files merged.</param>
    /// <param name="environment">Environment variables.</param>
    /// <param name="flags">Settings that the flags made.</param>
    /// <exception cref="HoconException">A file is missing or breaks a rule.</exception>
    public static IConfigurationRoot Build(
        string baseDirectory,
        IEnumerable<string> files,
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyDictionary<string, string?> flags) =>
        new ConfigurationBuilder()
            .Add(new HoconConfigurationSource(
                [Path.Combine(baseDirectory, ReferenceFile), .. files], name => environment.TryGetValue(name, out var value) ? value : null))
            .AddInMemoryCollection(EnvironmentLayer.From(environment))
            .AddInMemoryCollection(flags)
            .Build();
}
