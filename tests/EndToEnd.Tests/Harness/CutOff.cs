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
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Socket, bool> _sockets = new();
    private readonly ConcurrentQueue<Request> _requests = new();
    private readonly Task _accepting;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Traffic _traffic;
    private IReadOnlyCollection<string> _silentFor = [];

    /// <param name="host">Where to.</param>
    /// <param name="port">Where to.</param>
    /// <param name="at">Where it listens; null for 127.0.0.1.</param>
    public CutOff(string host, int port, IPAddress? at = null)
    {
        (Host, Port) = (host, port);
        _listener = new TcpListener(at ?? IPAddress.Loopback, 0);
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
            _traffic = value;
            Changed();
            if (value is Traffic.Reset)
            {
                foreach (var socket in _sockets.Keys)
                    Break(socket);
            }
        }
    }

    /// <summary>Who is met with silence, all else passes on: connections whose first bytes have one of these words, as those of Akka.NET have the sender's host.</summary>
    public IReadOnlyCollection<string> SilentFor
    {
        get => _silentFor;
        set
        {
            _silentFor = value;
            Changed();
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
        await FlowAsync(null);
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
            var sender = new Sender();
            await Task.WhenAll(
                PumpAsync(client, server, sender, data => last = Note(data) ?? last), PumpAsync(server, client, sender, data => NoteAnswer(last, data)));
            Close(client);
            Close(server);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Break(client);
            Break(server);
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Sender sender, Action<ReadOnlyMemory<byte>> note)
    {
        var buffer = new byte[64 << 10];
        while (true)
        {
            int count;
            try
            {
                count = await from.ReceiveAsync(buffer, _end.Token);
                sender.FirstWords ??= Encoding.ASCII.GetString(buffer, 0, Math.Min(count, 500));
                if (Delay > TimeSpan.Zero)
                    await Task.Delay(Delay, TimeProvider.System, _end.Token);
                await FlowAsync(sender);
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

    private async Task FlowAsync(Sender? sender)
    {
        while (true)
        {
            var changed = _changed.Task;
            if (_traffic is not Traffic.Silence && !_silentFor.Any(word => sender?.FirstWords?.Contains(word, StringComparison.Ordinal) == true))
                return;
            await changed.WaitAsync(_end.Token);
        }
    }

    private void Changed() => Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

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

    // Who opened a connection, as far as its first bytes tell.
    private sealed class Sender
    {
        public string? FirstWords { get; set; }
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
