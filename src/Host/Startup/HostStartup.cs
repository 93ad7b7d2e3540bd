using CacheMachine.Host.Settings.Hocon;
using CacheMachine.Host.Settings;

namespace CacheMachine.Host.Startup;

/// <summary>What to do with the arguments and the environment: start with these settings, or print and exit.</summary>
/// <param name="Settings">Null when nothing is to be started.</param>
/// <param name="ExitCode">0, or <see cref="CommandLine.BadUsage"/>; only meaningful without settings.</param>
/// <param name="Output">For standard output; may be empty.</param>
/// <param name="Errors">For standard error, a line each; may be empty.</param>
/// <param name="Start">What the arguments ask for; null when nothing is to be started.</param>
public sealed record HostStartup(HostSettings? Settings, int ExitCode, string Output, IReadOnlyList<string> Errors, CommandLineResult.Start? Start = null)
{
    /// <summary>Reads arguments, files and environment; starts nothing and writes nothing.</summary>
    /// <param name="args">The arguments of the process.</param>
    /// <param name="environment">Environment variables.</param>
    /// <param name="baseDirectory">The program's own directory, which holds hocon/reference.conf.</param>
    public static HostStartup Load(IReadOnlyList<string> args, IReadOnlyDictionary<string, string> environment, string baseDirectory)
    {
        var parsed = CommandLine.Parse(args);
        if (parsed is CommandLineResult.Exit exit)
            return new HostStartup(null, exit.Code, exit.Output, exit.Errors);
        var start = (CommandLineResult.Start)parsed;
        try
        {
            var result = HostSettings.From(HostConfiguration.Build(baseDirectory, start.ConfigFiles, environment, start.Settings));
            return new HostStartup(result.Settings, result.Settings is null ? CommandLine.BadUsage : 0, "", [.. result.Faults.Select(f => f.ToString())], start);
        }
        catch (HoconException e)
        {
            return new HostStartup(null, CommandLine.BadUsage, "", [e.Message]);
        }
    }

    /// <summary>The process's environment in the form that <see cref="Load"/> takes.</summary>
    public static IReadOnlyDictionary<string, string> ProcessEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "", StringComparer.Ordinal);
}
