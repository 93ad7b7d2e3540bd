using System.Collections.Concurrent;
using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Event;
using Microsoft.Extensions.Logging;
using Xunit;

namespace CacheMachine.Runtime.Tests.Actor;

public sealed class LoggingTests : ActorTest
{
    private static readonly Recorder s_recorder = new();

    public LoggingTests() : base(new ActorSystemSettings { LoggerFactory = s_recorder })
    {
    }

    private sealed class Writer : ReceiveActor
    {
        public Writer()
        {
            var log = Context.GetLogger();
            Receive<string>(image =>
            {
                log.Debug("Debugging {Image}", image);
                log.Info("Pulled {Image} in {Seconds} s", image, 3);
                log.Warning("No space for {Image}", image);
                log.Warning(new TimeoutException("slow"), "Slow {Image}", image);
                log.Error("Lost {Image}", image);
                log.Error(new InvalidOperationException("gone"), "Failed {Image}", image);
                Sender.Tell("written");
            });
        }
    }

    [Fact]
    public void An_actors_log_has_level_template_cause_category_and_path()
    {
        var writer = Sys.ActorOf(Props.Create<Writer>(), "writer");
        writer.Tell("x", TestActor);
        ExpectMsg("written");
        var entries = s_recorder.Entries.Where(one => one.Category == typeof(Writer).FullName!.Replace('+', '.')).ToList();
        Assert.Equal(
            ["Information Pulled x in 3 s", "Warning No space for x", "Warning Slow x slow", "Error Lost x", "Error Failed x gone"],
            entries.Select(one => $"{one.Level} {one.Text} {one.Cause?.Message}".TrimEnd()));
        Assert.All(entries, one => Assert.Equal("akka://test/user/writer", one.ActorPath));
    }

    [Fact]
    public void A_failure_is_logged_with_the_childs_path()
    {
        var cause = new InvalidOperationException("boom");
        Sys.ActorOf(Props.Create(() => new Worker(TestActor)), "failing").Tell(new Fail(cause));
        AwaitCondition(() => s_recorder.Entries.Any(one => ReferenceEquals(one.Cause, cause)
            && one.Text.Contains("akka://test/user/failing", StringComparison.Ordinal)));
    }

    private sealed record Entry(string Category, LogLevel Level, string Text, Exception? Cause, string? ActorPath);

    /// <summary>Keeps what is logged at Information and above.</summary>
    private sealed class Recorder : ILoggerFactory
    {
        private readonly AsyncLocal<string?> _path = new();
        private readonly ConcurrentQueue<Entry> _entries = new();

        internal IEnumerable<Entry> Entries => _entries;

        public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }

        private sealed class Logger(Recorder recorder, string category) : ILogger, IDisposable
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull
            {
                recorder._path.Value = ((IEnumerable<KeyValuePair<string, object>>)state).Single(one => one.Key == "ActorPath").Value.ToString();
                return this;
            }

            public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                if (IsEnabled(logLevel)) recorder._entries.Enqueue(new Entry(category, logLevel, formatter(state, exception), exception, recorder._path.Value));
            }

            public void Dispose() => recorder._path.Value = null;
        }
    }
}
