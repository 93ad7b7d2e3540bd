using CacheMachine.Runtime.Bench;
using CacheMachine.Runtime.Bench.Cases;
using CacheMachine.Runtime.Bench.Harness;

if (Flags.Parse(args, out var fault) is not { } flags)
{
    await Console.Error.WriteLineAsync(fault);
    return 2;
}
if (flags.Help)
{
    await Console.Out.WriteAsync(Flags.Text);
    return 0;
}

var directory = Directory.CreateDirectory(Path.Combine(flags.Data, $"runtime-bench-{Guid.NewGuid():N}")).FullName;
try
{
    var time = TimeProvider.System;
    var began = time.GetTimestamp();
    await Console.Out.WriteLineAsync(Surroundings.Describe(directory, time));
    await Console.Out.WriteLineAsync(Table.Head);
    foreach (var make in Suite.Of(directory))
    {
        await using var benchmark = await make();
        // On a machine that is busy with other things the last rows are rough ones, rather than late.
        var pace = time.GetElapsedTime(began) < Pace.Enough ? flags.Pace : Pace.Quick;
        await Console.Out.WriteLineAsync(Table.Row(benchmark, await Measurement.RunAsync(benchmark, pace, time)));
    }
    await Console.Out.WriteLineAsync(FormattableString.Invariant(
        $"\nTook {time.GetElapsedTime(began).TotalSeconds:0} s. Load at the end: {Surroundings.Load()}."));
    return 0;
}
finally
{
    Directory.Delete(directory, recursive: true);
}
