using CacheMachine.Actors.Images;

namespace CacheMachine.Host.Settings;

/// <summary>Which image brings the sleeper, the program that pull pods run in place of anything in the pulled image.</summary>
public abstract record SleeperSource
{
    internal const string Rule = "must be auto, none or an image reference";

    private SleeperSource()
    {
    }

    /// <summary>Our own image, where we run in a pod; else none.</summary>
    public sealed record Auto : SleeperSource;

    /// <summary>None: pull pods run a shell of the pulled image, if it has one.</summary>
    public sealed record None : SleeperSource;

    /// <summary>This image, with the program at <c>/sleeper</c>.</summary>
    /// <param name="Reference">As it is written into the pods.</param>
    public sealed record Image(string Reference) : SleeperSource;

    /// <summary>Null for a text that is none of them.</summary>
    internal static SleeperSource? Parse(string text) => text.ToUpperInvariant() switch
    {
        "AUTO" => new Auto(),
        "NONE" => new None(),
        _ => ImageReference.TryParse(text, out _, out _) ? new Image(text) : null,
    };
}
