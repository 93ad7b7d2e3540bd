using System.Net;
using System.Net.Sockets;

namespace CacheMachine.Host.Tests.Peers;

/// <summary>Stands between two replicas; can swallow everything, or cut.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];
    private CancellationTokenSource _cut = new();

    public TcpProxy()
    {
        _listener.Start();
        _running.Add(AcceptAsync());
    }

    /// <summary>While true, what is sent in either direction goes nowhere, and nobody is told.</summary>
    public volatile bool Swallows;

    /// <summary>Where to.</summary>
    public IPEndPoint To { get; set; } = null!;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Closes all connections.</summary>
    public void Cut() => Interlocked.Exchange(ref _cut, new CancellationTokenSource()).Cancel();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Cut();
        _listener.Stop();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _cut.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            _running.Add(ServeAsync(client, _cut.Token));
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken cut)
    {
        using var open = client;
        using var server = new TcpClient();
        await server.ConnectAsync(To, cut);
        Task[] both = [PumpAsync(client.GetStream(), server.GetStream(), cut), PumpAsync(server.GetStream(), client.GetStream(), cut)];
        await Task.WhenAny(both);
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, CancellationToken cut)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, cut) is > 0 and var read)
        {
            if (!Swallows)
                await to.WriteAsync(buffer.AsMemory(0, read), cut);
        }
    }
}
