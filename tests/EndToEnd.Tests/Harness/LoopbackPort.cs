using System.Net;
using System.Net.Sockets;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>Ports of the loopback interface.</summary>
internal static class LoopbackPort
{
    /// <summary>One that nobody listens on just now. The system gives it to others only after all the rest.</summary>
    public static int Free()
    {
        using var listener = Taken();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>One that is listened on until the listener is disposed of.</summary>
    public static TcpListener Taken()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }
}
