using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace CacheMachine.Runtime.Tests.Persistence;

/// <summary>A network between a client and a server that fails on command.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly string _host;
    private readonly int _port;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closed = new();
    private readonly ConcurrentDictionary<Socket, byte> _sockets = new();
    private readonly Task _accepting;
    private volatile TaskCompletionSource _open = Opened();
    private volatile bool _refuses;
    private int _connections;

    private TcpProxy(string host, int port)
    {
        (_host, _port) = (host, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>Where the client connects to, on loopback.</summary>
    public int Port { get; }

    /// <summary>Connections that were ever taken.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Looks at what the client sends; true: this and everything after it is lost, both ways, and the connection is reset.</summary>
    public Func<ReadOnlyMemory<byte>, bool> CutBefore { get; set; } = _ => false;

    /// <summary>Looks at what the client sends; true: it arrives, and its answer is lost with the connection.</summary>
    public Func<ReadOnlyMemory<byte>, bool> CutAfter { get; set; } = _ => false;

    /// <summary>Looks at what the client sends; true: it and everything after it is dropped without a word, until <see cref="Restore"/>.</summary>
    public Func<ReadOnlyMemory<byte>, bool> DropFrom { get; set; } = _ => false;

    public static TcpProxy To(string host, int port) => new(host, port);

    /// <summary>From now on nothing passes, and nobody is told; new connections are taken and stay silent.</summary>
    public void BlackHole() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Resets all connections and refuses new ones.</summary>
    public void Down()
    {
        _refuses = true;
        Reset();
    }

    /// <summary>Resets all connections; new ones are taken.</summary>
    public void Reset()
    {
        foreach (var socket in _sockets.Keys)
            Kill(socket);
    }

    /// <summary>Everything passes again; connections from before are gone.</summary>
    public void Restore()
    {
        (CutBefore, CutAfter, DropFrom) = (_ => false, _ => false, _ => false);
        Reset();
        _refuses = false;
        _open.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        _listener.Stop();
        Reset();
        _open.TrySetResult();
        await _accepting;
        _closed.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        open.SetResult();
        return open;
    }

    private async Task AcceptAsync()
    {
        while (!_closed.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptSocketAsync(_closed.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
            Interlocked.Increment(ref _connections);
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        if (_refuses)
        {
            Kill(client);
            return;
        }
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        _sockets[client] = _sockets[server] = 0;
        try
        {
            await server.ConnectAsync(_host, _port);
            await Task.WhenAny(PassAsync(client, server, fromClient: true), PassAsync(server, client, fromClient: false));
        }
        catch (SocketException)
        {
            // The server is away: so is the client's connection.
        }
        Kill(client);
        Kill(server);
        _sockets.TryRemove(client, out _);
        _sockets.TryRemove(server, out _);
    }

    private async Task PassAsync(Socket from, Socket to, bool fromClient)
    {
        var buffer = new byte[1 << 16];
        var answerIsLost = false;
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                var seen = buffer.AsMemory(0, count);
                if (fromClient && DropFrom(seen))
                    BlackHole();
                await _open.Task;
                if (fromClient && CutBefore(seen))
                    return;
                if (fromClient && CutAfter(seen))
                {
                    Kill(from);
                    answerIsLost = true;
                }
                await to.SendAsync(seen);
                if (answerIsLost)
                {
                    // The server reads to the end what it was sent, then its answer finds nobody.
                    to.Shutdown(SocketShutdown.Send);
                    await to.ReceiveAsync(buffer);
                    return;
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Reset by one side or by the test.
        }
    }

    private static void Kill(Socket socket)
    {
        try
        {
            // Closing with a linger time of 0 sends a reset.
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed already.
        }
        socket.Dispose();
    }
}
