namespace CacheMachine.Host.Startup;

/// <summary>What the arguments ask for.</summary>
public abstract record CommandLineResult
{
    private CommandLineResult()
    {
    }

    /// <summary>Start the service.</summary>
    /// <param name="ConfigFiles">HOCON files in the order given.</param>
    /// <param name="Settings">The last layer of configuration: keys joined with ':'.</param>
    /// <param name="FlagOf">The flag that made a setting; null for none.</param>
    /// <param name="IsCheck">Whether everything is to be read and checked, and nothing started.</param>
    public sealed record Start(
        IReadOnlyList<string> ConfigFiles, IReadOnlyDictionary<string, string?> Settings, Func<string, string?> FlagOf, bool IsCheck = false)
        : CommandLineResult;

    /// <summary>Start nothing.</summary>
    /// <param name="Code">0 for help and version, <see cref="CommandLine.BadUsage"/> for arguments that cannot be used.</param>
    /// <param name="Output">For standard output.</param>
    /// <param name="Errors">For standard error, a line each, all at once; each names the flag, the value and the rule.</param>
    public sealed record Exit(int Code, string Output, IReadOnlyList<string> Errors) : CommandLineResult;
}
