using System.Globalization;
using System.Text.RegularExpressions;

namespace CacheMachine.Simulator.Kubelets;

/// <summary>
/// What a container's command does, as far as a simulator can tell: <c>true</c>, <c>false</c>, and shell scripts of <c>sleep N</c> and
/// <c>exit N</c> end; everything else runs on, except that an init container whose command says nothing ends at once.
/// </summary>
internal static partial class ContainerProgram
{
    /// <returns>Time and exit code of the end; null when it does not end by itself.</returns>
    public static (TimeSpan After, int ExitCode)? End(IReadOnlyList<string> command, IReadOnlyList<string> args, bool init)
    {
        var words = command.Concat(args).ToList();
        var text = words switch
        {
            [var shell, "-c", var script, ..] when shell.EndsWith("sh", StringComparison.Ordinal) => script,
            _ => string.Join(' ', words),
        };
        var match = Script().Match(text.Trim());
        if (text.Length > 0 && match.Success)
        {
            var seconds = match.Groups["sleep"] is { Success: true } sleep ? double.Parse(sleep.Value, CultureInfo.InvariantCulture) : 0;
            var code = match.Groups["code"] is { Success: true } exit
                ? int.Parse(exit.Value, CultureInfo.InvariantCulture)
                : match.Groups["word"].Value.EndsWith("false", StringComparison.Ordinal) ? 1 : 0;
            return (TimeSpan.FromSeconds(seconds), code);
        }

        return init ? (TimeSpan.Zero, 0) : null;
    }

    [GeneratedRegex(@"^(sleep\s+(?<sleep>[0-9]+(\.[0-9]+)?)\s*)?(;|&&)?\s*(exit\s+(?<code>[0-9]{1,3})|(?<word>(/bin/)?(true|false)))?;?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Script();
}
