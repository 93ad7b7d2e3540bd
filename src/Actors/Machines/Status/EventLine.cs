using System.Text.RegularExpressions;

namespace CacheMachine.Actors.Machines.Status;

/// <summary>What happened, as a line of the log and as a sentence.</summary>
/// <param name="Level">Of the line.</param>
/// <param name="Template">With a name for each value, for example <c>{Image}</c>.</param>
/// <param name="Values">In the order of the template.</param>
public sealed partial record EventLine(LogLevel Level, string Template, params object[] Values)
{
    /// <summary>The sentence, without the machine.</summary>
    public override string ToString()
    {
        var next = 0;
        return Name().Replace(Template, _ => $"{Values[next++]}");
    }

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Name();
}
