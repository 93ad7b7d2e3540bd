namespace CacheMachine.Runtime.Bench.Harness;

/// <summary>How long a row is measured.</summary>
/// <param name="WarmUp">Of each side, at least: the JIT compiler needs it to arrive at its last tier.</param>
/// <param name="Round">How long one run of one side should take.</param>
/// <param name="Rounds">Pairs of runs.</param>
/// <param name="Budget">After this time no further pair begins, though there are <see cref="FewestRounds"/> always.</param>
internal sealed record Pace(TimeSpan WarmUp, TimeSpan Round, int Rounds, TimeSpan Budget)
{
    /// <summary>Fewer have no median worth its name.</summary>
    public const int FewestRounds = 3;

    /// <summary>A run that takes this long hangs.</summary>
    public static readonly TimeSpan Stuck = TimeSpan.FromSeconds(20);

    /// <summary>After this time rows are measured at the pace of <see cref="Quick"/>, so that all of it stays under a minute.</summary>
    public static readonly TimeSpan Enough = TimeSpan.FromSeconds(42);

    /// <summary>For results that are kept.</summary>
    public static Pace Full { get; } = new(TimeSpan.FromSeconds(0.7), TimeSpan.FromSeconds(0.25), 7, TimeSpan.FromSeconds(5));

    /// <summary>For a look.</summary>
    public static Pace Quick { get; } = new(TimeSpan.FromSeconds(0.3), TimeSpan.FromSeconds(0.1), 3, TimeSpan.FromSeconds(1.4));
}
