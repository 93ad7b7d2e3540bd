namespace CacheMachine.Host.Settings;

/// <summary>Files of settings that cannot be read.</summary>
/// <param name="faults">A line each, with file and, where it is known, line.</param>
public sealed class SettingsFileException(params IReadOnlyList<string> faults) : Exception(string.Join(Environment.NewLine, faults))
{
    /// <summary>A line each.</summary>
    public IReadOnlyList<string> Faults => faults;
}
