using CacheMachine.Runtime.Bench.Harness;
using CacheMachine.Runtime.Bench.OnAkka;

namespace CacheMachine.Runtime.Bench.Cases;

/// <summary>All rows of the comparison with Akka.NET, in order: the built-in runtime does what it does in the other suite, and Akka.NET is its peer.</summary>
internal static class Suite
{
    private const string Version = "Akka.NET";

    public static IEnumerable<Func<Task<Benchmark>>> Of(string directory)
    {
        yield return () => With(new Messages(senders: 1), new AkkaMessages(senders: 1));
        yield return () => With(new Messages(senders: 4), new AkkaMessages(senders: 4));
        yield return () => With(new Asks(atOnce: 1), new AkkaAsks(atOnce: 1));
        yield return () => With(new Asks(atOnce: 64), new AkkaAsks(atOnce: 64));
        yield return () => With(new Creation(), new AkkaCreation());
        yield return () => With(new IdleMemory(), new AkkaIdleMemory());
        yield return async () => await With(await Persisting.OpenAsync(directory, actors: 1), new AkkaPersisting(directory, actors: 1));
        yield return async () => await With(await Persisting.OpenAsync(directory, actors: 64), new AkkaPersisting(directory, actors: 64));
        yield return async () => await With(await Recovering.OpenAsync(directory), await AkkaRecovering.OpenAsync(directory));
        yield return () => Task.FromResult<Benchmark>(new StartUp(directory));
    }

    private static Task<Benchmark> With(Benchmark builtIn, AkkaPeer akka) => Task.FromResult<Benchmark>(new Against(builtIn, Version, akka));
}
