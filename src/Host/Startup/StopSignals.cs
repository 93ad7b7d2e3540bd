using System.Runtime.InteropServices;

namespace CacheMachine.Host.Startup;

/// <summary>
/// SIGTERM, SIGINT (Ctrl-C) and SIGQUIT, handled from the start of the process: before there is a host, and as PID 1,
/// for which an unhandled signal does nothing.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations;

    public StopSignals() => _registrations = [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT }
        .Select(signal => PosixSignalRegistration.Create(signal, Handle))];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>The first signal; null: none yet.</summary>
    public string? Received { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _stop.Dispose();
    }

    private void Handle(PosixSignalContext signal)
    {
        // The process ends in order, not at once.
        signal.Cancel = true;
        Received ??= signal.Signal.ToString();
        _stop.Cancel();
    }
}

/// <summary>Ends the host by a signal, whether it has started or not. The host's own lifetime does not tell which signal it was.</summary>
internal sealed class SignalLifetime(StopSignals signals, IHostApplicationLifetime host) : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        signals.Token.Register(host.StopApplication);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
