using System.Threading.Channels;
using CacheMachine.Host.Startup;
using CacheMachine.TestKit;
using Microsoft.Extensions.Logging;

namespace CacheMachine.Host.Tests.Startup;

public class FreeSpaceTests
{
    private const long MiB = 1024 * 1024;

    [Theory]
    [InlineData(99, 500, true)]
    [InlineData(101, 500, false)]
    [InlineData(99, 100_000_000, true)]
    [InlineData(1023, 20_000, true)]
    [InlineData(1025, 20_000, false)]
    [InlineData(900, 8_000, false)]
    public async Task A_disk_that_is_nearly_full_is_warned_of(long freeMiB, long allMiB, bool isWarned)
    {
        var log = new Lines();

        await LookAsync(log, (freeMiB, allMiB));

        Assert.Equal(isWarned ? [LogLevel.Warning] : [], log.All.Select(line => line.Level));
        Assert.All(log.All, line => Assert.Contains($"/data is nearly full: {freeMiB} of {allMiB} MiB are free", line.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_trouble_is_told_when_it_begins_and_when_it_ends()
    {
        var log = new Lines();

        await LookAsync(log, (50, 1000), (40, 1000), (30, 1000), (500, 1000), (500, 1000), (50, 1000));

        Assert.Equal([LogLevel.Warning, LogLevel.Information, LogLevel.Warning], log.All.Select(line => line.Level));
        Assert.Contains("has space again: 500 of 1000 MiB", log.All[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_real_disk_can_be_asked()
    {
        var log = new Lines();
        var watch = new FreeSpace(Path.GetTempPath(), new VirtualTimeProvider(), log);

        await watch.StartAsync(CancellationToken.None);
        await watch.StopAsync(CancellationToken.None);

        Assert.DoesNotContain(log.All, line => line.Level == LogLevel.Debug);
    }

    // One look every 3 minutes.
    private static async Task LookAsync(Lines log, params (long Free, long All)[] answers)
    {
        var (time, looks) = (new VirtualTimeProvider(), Channel.CreateUnbounded<int>());
        var count = 0;
        var watch = new FreeSpace("/data", time, log, _ =>
        {
            var (free, all) = answers[Math.Min(count, answers.Length - 1)];
            looks.Writer.TryWrite(count++);
            return (free * MiB, all * MiB);
        });
        await watch.StartAsync(CancellationToken.None);
        for (var i = 0; i <= answers.Length; i++)
        {
            Assert.Equal(i, await looks.Reader.ReadAsync());
            time.Advance(TimeSpan.FromMinutes(3));
        }
        await watch.StopAsync(CancellationToken.None);
    }

    private sealed class Lines : ILogger
    {
        public List<(LogLevel Level, string Text)> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Add((logLevel, formatter(state, exception)));
    }
}
