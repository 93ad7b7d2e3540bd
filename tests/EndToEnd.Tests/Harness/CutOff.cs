using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>What a <see cref="CutOff"/> does with what it is given.</summary>
internal enum Traffic
{
    /// <summary>Passes it on.</summary>
    Forward,

    /// <summary>
    /// As a network that drops every packet: nothing passes, nobody is told, and what was sent on connections that stay open arrives when the
    /// network is back, as TCP sends it again. What came on a new connection never arrives.
    /// </summary>
    Silence,

    /// <summary>As a host without the service: connections break, new ones are reset.</summary>
    Reset,
}

/// <summary>A TCP proxy on loopback between the service and something that it depends on.</summary>
internal sealed class CutOff : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Socket, bool> _sockets = new();
    private readonly ConcurrentQueue<Request> _requests = new();
    private readonly Lock _lock = new();
    private readonly Task _accepting;
    private TaskCompletionSource _flowing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Traffic _traffic;

    /// <param name="host">Where to.</param>
    /// <param name="port">Where to.</param>
    public CutOff(string host, int port)
    {
        (Host, Port) = (host, port);
        _flowing.SetResult();
        _listener.Start();
        Address = (IPEndPoint)_listener.LocalEndpoint;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Where to; may change, for new connections.</summary>
    public string Host { get; set; }

    /// <inheritdoc cref="Host"/>
    public int Port { get; set; }

    /// <summary>Before each piece of data, both ways.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>The requests that passed in clear HTTP/1.1, in their order; of what is encrypted there is nothing to see.</summary>
    public IReadOnlyCollection<Request> Requests => _requests;

    /// <summary>Whether somebody is connected, or believes it.</summary>
    public bool IsConnected => !_sockets.IsEmpty;

    /// <summary>What it does from now on.</summary>
    public Traffic Traffic
    {
        get => _traffic;
        set
        {
            lock (_lock)
            {
                _traffic = value;
                if (value is Traffic.Silence && _flowing.Task.IsCompleted)
                    _flowing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                else if (value is not Traffic.Silence)
                    _flowing.TrySetResult();
            }
            if (value is Traffic.Reset)
            {
                foreach (var socket in _sockets.Keys)
                    Break(socket);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        Traffic = Traffic.Reset;
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptSocketAsync(_end.Token);
            if (_traffic is Traffic.Forward)
                _ = CarryAsync(client);
            else
                _ = RefuseAsync(client);
        }
    }

    // A handshake that a silent network has held up is never completed later: whoever wanted it has given up.
    private async Task RefuseAsync(Socket client)
    {
        _sockets[client] = true;
        await _flowing.Task;
        Break(client);
    }

    private async Task CarryAsync(Socket client)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        _sockets[client] = _sockets[server] = true;
        try
        {
            await server.ConnectAsync(Host, Port, _end.Token);
            Request? last = null;
            await Task.WhenAll(PumpAsync(client, server, data => last = Note(data) ?? last), PumpAsync(server, client, data => NoteAnswer(last, data)));
            Close(client);
            Close(server);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Break(client);
            Break(server);
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Action<ReadOnlyMemory<byte>> note)
    {
        var buffer = new byte[64 << 10];
        while (true)
        {
            int count;
            try
            {
                count = await from.ReceiveAsync(buffer, _end.Token);
                await FlowAsync();
            }
            catch
            {
                // The other direction must end too, or its reader waits for ever.
                Break(to);
                throw;
            }
            if (count == 0)
            {
                to.Shutdown(SocketShutdown.Send);
                return;
            }
            note(buffer.AsMemory(0, count));
            for (var sent = 0; sent < count;)
                sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _end.Token);
        }
    }

    private async Task FlowAsync()
    {
        if (Delay > TimeSpan.Zero)
            await Task.Delay(Delay, TimeProvider.System, _end.Token);
        await _flowing.Task.WaitAsync(_end.Token);
    }

    private Request? Note(ReadOnlyMemory<byte> data)
    {
        var start = data.Span[..Math.Min(data.Length, 2000)];
        var end = start.IndexOf("\r\n"u8);
        if (end < 0 || !start[..end].EndsWith(" HTTP/1.1"u8))
            return null;
        var request = new Request(TimeProvider.System.GetTimestamp(), Encoding.ASCII.GetString(start[..end]));
        _requests.Enqueue(request);
        return request;
    }

    // One after another on a connection.
    private static void NoteAnswer(Request? request, ReadOnlyMemory<byte> data)
    {
        if (request is { Status: 0 } && data.Span.StartsWith("HTTP/1.1 "u8) && int.TryParse(data.Span[9..12], null, out var status))
            request.Status = status;
    }

    private void Close(Socket socket)
    {
        _sockets.TryRemove(socket, out _);
        socket.Dispose();
    }

    private void Break(Socket socket)
    {
        _sockets.TryRemove(socket, out _);
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is closed already, which is what is wanted.
        }
        socket.Dispose();
    }

    /// <summary>A request that passed.</summary>
    /// <param name="at">When, as <see cref="TimeProvider.GetTimestamp"/>.</param>
    /// <param name="line">Its first line.</param>
    internal sealed class Request(long at, string line)
    {
        public long At => at;

        public string Line => line;

        /// <summary>Of the answer; 0 as long as there is none.</summary>
        public int Status { get; set; }

        /// <summary>Whether it may change something.</summary>
        public bool IsWrite => !line.StartsWith("GET ", StringComparison.Ordinal);

        public override string ToString() => $"{line}: {Status}";
    }
}
