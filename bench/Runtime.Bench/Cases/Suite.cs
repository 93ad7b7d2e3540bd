using CacheMachine.Runtime.Bench.Harness;

namespace CacheMachine.Runtime.Bench.Cases;

/// <summary>All rows, in order. Each is made when its turn comes, so that none burdens another.</summary>
internal static class Suite
{
    public static IEnumerable<Func<Task<Benchmark>>> Of(string directory)
    {
        yield return () => Task.FromResult<Benchmark>(new Messages(senders: 1));
        yield return () => Task.FromResult<Benchmark>(new Messages(senders: 4));
        yield return () => Task.FromResult<Benchmark>(new Asks(atOnce: 1));
        yield return () => Task.FromResult<Benchmark>(new Asks(atOnce: 64));
        yield return () => Task.FromResult<Benchmark>(new Creation());
        yield return () => Task.FromResult<Benchmark>(new IdleMemory());
        yield return async () => await Persisting.OpenAsync(directory, actors: 1);
        yield return async () => await Persisting.OpenAsync(directory, actors: 64);
        yield return async () => await Recovering.OpenAsync(directory);
    }
}
