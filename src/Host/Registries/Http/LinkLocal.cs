using System.Net;
using System.Net.Sockets;

namespace CacheMachine.Host.Registries.Http;

/// <summary>
/// Link-local addresses hold cloud metadata services, never a registry: 169.254.0.0/16 (RFC 3927) and fe80::/10 (RFC 4291),
/// also where an IPv6 address wraps an IPv4 one.
/// </summary>
internal static class LinkLocal
{
    public static bool Is(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            if (address.IsIPv6LinkLocal) return true;
            if (Embedded(address) is not { } embedded) return false;
            address = embedded;
        }

        var bytes = address.GetAddressBytes();
        return bytes[0] == 169 && bytes[1] == 254;
    }

    // ::ffff:a.b.c.d (RFC 4291) and 64:ff9b::a.b.c.d (RFC 6052).
    private static IPAddress? Embedded(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        ReadOnlySpan<byte> nat64 = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];
        return bytes.AsSpan().StartsWith(nat64) ? new IPAddress(bytes.AsSpan(12)) : null;
    }
}

/// <summary>A name or URL led to a link-local address.</summary>
internal sealed class LinkLocalException(string host)
    : Exception($"'{host}' is a link-local address or leads to nothing else; these are refused.");
