namespace CacheMachine.Runtime.Persistence.Postgres;

/// <summary>Lets the appends of one log run one after another, in the order in which they were asked for, and those of different logs at once.</summary>
internal sealed class PostgresTurns
{
    private readonly Dictionary<string, (Task Last, int Count)> _logs = new(StringComparer.Ordinal);

    internal Task<T> RunAsync<T>(string log, Func<Task<T>> work)
    {
        lock (_logs)
        {
            var (before, count) = _logs.GetValueOrDefault(log, (Task.CompletedTask, 0));
            var run = AfterAsync(before, log, work);
            _logs[log] = (run, count + 1);
            return run;
        }
    }

    private async Task<T> AfterAsync<T>(Task before, string log, Func<Task<T>> work)
    {
        // Always on another thread, so that the caller neither waits nor holds the lock; how the one before ended is its caller's matter.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            lock (_logs)
            {
                var (last, count) = _logs[log];
                if (count == 1)
                    _logs.Remove(log);
                else
                    _logs[log] = (last, count - 1);
            }
        }
    }
}
