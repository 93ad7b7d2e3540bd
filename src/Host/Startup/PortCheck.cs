using System.Net;
using System.Net.Sockets;
using CacheMachine.Host.Settings;

namespace CacheMachine.Host.Startup;

/// <summary>Refuses to start where a port cannot be listened on; the web server and Akka.Remote would say so with a stack trace each.</summary>
/// <param name="settings">Which ports.</param>
internal sealed class PortCheck(HostSettings settings) : IHostedService
{
    /// <inheritdoc/>
    /// <exception cref="PortException">A port cannot be listened on.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Check("http.port", settings.Http.BindAddress, settings.Http.Port, "; give another one with --port");
        if (settings.Cluster.Enabled)
            Check("cluster.port", settings.Cluster.BindAddress, settings.Cluster.Port, "");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static void Check(string key, IPAddress address, int port, string advice)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
        }
        catch (SocketException e)
        {
            throw new PortException(
                e.SocketErrorCode == SocketError.AddressAlreadyInUse
                    ? $"{key} = {port}: {new IPEndPoint(address, port)} is in use by another process{advice}"
                    : $"{key} = {port}: {new IPEndPoint(address, port)} cannot be listened on: {e.Message}",
                e);
        }
    }
}

/// <summary>A port cannot be listened on.</summary>
/// <param name="message">Names the setting, its value and why.</param>
/// <param name="cause">Of the operating system.</param>
public sealed class PortException(string message, Exception cause) : Exception(message, cause);
