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
    /// <param name="environment">Environment variables as Microsoft.Extensions.Configuration has them, with ':' for "__".</param>
    /// <param name="baseDirectory">The program's own directory, which holds hocon/reference.conf.</param>
    public static HostStartup Load(IReadOnlyList<string> args, IConfiguration environment, string baseDirectory)
    {
        var parsed = CommandLine.Parse(args);
        if (parsed is CommandLineResult.Exit exit)
            return new HostStartup(null, exit.Code, exit.Output, exit.Errors);
        var start = (CommandLineResult.Start)parsed;
        try
        {
            var result = HostSettings.From(HostConfiguration.Build(baseDirectory, start.ConfigFiles, environment, start.Settings, start.FlagOf));
            var faults = result.Faults.Select(fault => fault.ToString());
            return result.Settings is not { } settings ? Refused([.. faults])
                : start.IsCheck ? Checked(settings)
                : new HostStartup(settings, 0, "", [], start);
        }
        catch (SettingsFileException e)
        {
            return Refused(e.Faults);
        }
    }

    private static HostStartup Checked(HostSettings settings)
    {
        var faults = MachineFiles.Read(settings.MachinesDirectory).Where(file => file.Fault is not null)
            .Select(file => $"{file.Path} is not a valid machine: {file.Fault}").ToList();
        return faults.Count > 0 ? Refused(faults) : new HostStartup(null, 0, string.Concat(settings.Changes.Select(change => change + Environment.NewLine)), []);
    }

    private static HostStartup Refused(IReadOnlyList<string> faults) => new(null, CommandLine.BadUsage, "", faults);
}
