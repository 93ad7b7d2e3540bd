namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>Waits on conditions.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until the answer is right.</summary>
    /// <returns>How long it took.</returns>
    /// <exception cref="TimeoutException">It never was; the message has the last answer.</exception>
    public static async Task<TimeSpan> Is<T>(Func<Task<T>> ask, Func<T, bool> right, TimeSpan within, string what, Func<T, string>? show = null)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            var took = TimeProvider.System.GetElapsedTime(start);
            if (right(answer))
                return took;
            if (took > within)
                throw new TimeoutException($"after {took.TotalSeconds:0.0} s it is not so that {what}; last seen: {(show is null ? answer?.ToString() : show(answer))}");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
