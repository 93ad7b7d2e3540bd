namespace CacheMachine.Runtime.Bench.Harness;

/// <summary>What came out of a row.</summary>
/// <param name="Ours">The values of the actors.</param>
/// <param name="Theirs">The values of the peer.</param>
/// <param name="Ratio">Ours to theirs, pair by pair.</param>
internal sealed record Measurement(Spread Ours, Spread Theirs, Spread Ratio)
{
    /// <summary>
    /// Warms both sides up, then lets them run in turns: what else the machine does meanwhile hits both sides of a pair, so their ratio says
    /// more than either value.
    /// </summary>
    public static async Task<Measurement> RunAsync(Benchmark benchmark, Pace pace, TimeProvider time)
    {
        var began = time.GetTimestamp();
        var ours = await WarmUpAsync(benchmark, benchmark.RunAsync, pace, time);
        var theirs = await WarmUpAsync(benchmark, benchmark.RunPeerAsync, pace, time);
        var pairs = new List<(double Ours, double Theirs)>();
        while (pairs.Count < pace.Rounds && (pairs.Count < Pace.FewestRounds || time.GetElapsedTime(began) < pace.Budget))
            pairs.Add((await RunAsync(benchmark, benchmark.RunAsync, ours, time), await RunAsync(benchmark, benchmark.RunPeerAsync, theirs, time)));
        return new(
            Spread.Of(pairs.Select(pair => pair.Ours)), Spread.Of(pairs.Select(pair => pair.Theirs)),
            Spread.Of(pairs.Select(pair => pair.Ours / pair.Theirs)));
    }

    /// <summary>Runs one side for the time of the warm-up, and finds out how many operations make a round.</summary>
    private static async Task<int> WarmUpAsync(Benchmark benchmark, Func<int, Task<double>> run, Pace pace, TimeProvider time)
    {
        var began = time.GetTimestamp();
        var (count, best) = (benchmark.Start, 0.0);
        while (time.GetElapsedTime(began) < pace.WarmUp)
        {
            var runBegan = time.GetTimestamp();
            await RunAsync(benchmark, run, count, time);
            // The best speed, because a run that had to wait for a processor would make the rounds too short to mean anything.
            best = Math.Max(best, count / time.GetElapsedTime(runBegan).TotalSeconds);
            // At most fourfold at a time, because the first runs are slow ones.
            count = (int)Math.Clamp(Math.Min(best * pace.Round.TotalSeconds, count * 4.0), Math.Min(benchmark.Start, benchmark.Most), benchmark.Most);
        }
        return count;
    }

    private static async Task<double> RunAsync(Benchmark benchmark, Func<int, Task<double>> run, int count, TimeProvider time)
    {
        // On a stack of its own: the run before may be still on this one, with all that it holds. And its garbage is not the next one's.
        await Task.Yield();
        GC.Collect();
        try
        {
            return await run(count).WaitAsync(Pace.Stuck, time);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(FormattableString.Invariant($"{benchmark.Name}: {count} operations did not end within {Pace.Stuck.TotalSeconds} s"));
        }
    }
}

/// <summary>Several values of one thing.</summary>
/// <param name="Median">The middle one.</param>
/// <param name="Min">The smallest.</param>
/// <param name="Max">The largest.</param>
/// <param name="Count">How many there are.</param>
internal sealed record Spread(double Median, double Min, double Max, int Count)
{
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new(median, sorted[0], sorted[^1], sorted.Length);
    }
}
