using System.Collections.Concurrent;
using CacheMachine.Host.Registries;
using Microsoft.Extensions.Logging;

namespace CacheMachine.Host.Tests.Registries.Doubles;

/// <summary>Keeps the lines of the client's log.</summary>
internal sealed class RecordedLog : ILogger<RegistryClient>
{
    public ConcurrentQueue<(LogLevel Level, string Line)> Lines { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue((logLevel, formatter(state, exception)));
}
