namespace CacheMachine.Runtime.Bench.Harness;

/// <summary>The results, as a Markdown table.</summary>
internal static class Table
{
    public const string Head = """

        | what | actors: median (min..max) | peer: median (min..max) | actors / peer | rounds | the peer |
        |---|---|---|---|---|---|
        """;

    public static string Row(Benchmark benchmark, Measurement measured) => FormattableString.Invariant(
        $"| {benchmark.Name} | {Values(measured.Ours, benchmark.Unit)} | {Values(measured.Theirs, benchmark.Unit)} | {Ratio(measured.Ratio)} | {measured.Ours.Count} | {benchmark.Peer} |");

    private static string Values(Spread spread, Unit unit) => $"{Value(spread.Median, unit)} ({Value(spread.Min, unit)}..{Value(spread.Max, unit)})";

    private static string Ratio(Spread ratio) => FormattableString.Invariant($"{ratio.Median:0.00} ({ratio.Min:0.00}..{ratio.Max:0.00})");

    private static string Value(double value, Unit unit) => unit switch
    {
        Unit.Bytes => FormattableString.Invariant($"{value:0} B"),
        Unit.Milliseconds => FormattableString.Invariant($"{value:0} ms"),
        _ when value >= 1e6 => FormattableString.Invariant($"{value / 1e6:0.00} M/s"),
        _ when value >= 1e4 => FormattableString.Invariant($"{value / 1e3:0} k/s"),
        _ => FormattableString.Invariant($"{value:0} /s"),
    };
}
