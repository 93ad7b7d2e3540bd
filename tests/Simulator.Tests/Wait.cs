namespace CacheMachine.Simulator.Tests;

/// <summary>Waiting on conditions, with an end.</summary>
public static class Wait
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    public static async Task<T> For<T>(string what, Func<Task<T?>> probe, TimeSpan? atMost = null)
        where T : class
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await probe() is { } found)
                return found;
            if (TimeProvider.System.GetElapsedTime(start) > (atMost ?? Longest))
                throw new TimeoutException($"waited in vain for: {what}");
            await Task.Delay(Step, TimeProvider.System);
        }
    }

    public static Task Until(string what, Func<Task<bool>> condition, TimeSpan? atMost = null) =>
        For(what, async () => await condition() ? what : null, atMost);

    public static Task Until(string what, Func<bool> condition, TimeSpan? atMost = null) =>
        Until(what, () => Task.FromResult(condition()), atMost);
}
