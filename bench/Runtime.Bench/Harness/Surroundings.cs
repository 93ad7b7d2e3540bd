using System.Runtime.InteropServices;

namespace CacheMachine.Runtime.Bench.Harness;

/// <summary>What the numbers depend on besides the code.</summary>
internal static class Surroundings
{
    private const string LoadFile = "/proc/loadavg";

    /// <summary>One line, and a second one where the build is not what should be measured.</summary>
    public static string Describe(string directory, TimeProvider time)
    {
        var line = FormattableString.Invariant(
            $"{time.GetUtcNow():yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}, databases on {new DriveInfo(directory).DriveFormat}. Load at the start: {Load()}.");
#if DEBUG
        line += "\nTHIS IS A DEBUG BUILD: the numbers say nothing. Use -c Release.";
#endif
        return line;
    }

    /// <summary>Processes that want to run, as an average of the last 1, 5 and 15 minutes.</summary>
    public static string Load() =>
        File.Exists(LoadFile) ? string.Join(' ', File.ReadAllText(LoadFile).Split(' ').Take(3)) : "not known on this system";
}
