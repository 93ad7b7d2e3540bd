using System.Net;
using System.Net.Sockets;

namespace CacheMachine.Host.Registries.Http;

/// <summary>Resolves a host name; addresses in order of preference.</summary>
internal delegate Task<IPAddress[]> HostResolver(string host, CancellationToken cancellationToken);

/// <summary>Connects to addresses that it has checked itself, so that a name cannot change its mind between check and use.</summary>
internal sealed class GuardedConnector(HostResolver resolve)
{
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellationToken);
        var allowed = addresses.Where(address => !RefusedAddress.Is(address)).ToArray();
        if (addresses.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
        if (allowed.Length == 0) throw new RefusedAddressException(host);

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
