using System.Net;
using System.Net.Sockets;

namespace CacheMachine.Host.Registries.Http;

/// <summary>
/// Addresses that hold cloud metadata services and never a registry: link-local ones, 169.254.0.0/16 (RFC 3927) and fe80::/10
/// (RFC 4291), and the few that clouds put elsewhere; also where an IPv6 address wraps an IPv4 one.
/// </summary>
internal static class RefusedAddress
{
    private static readonly HashSet<IPAddress> OfClouds =
    [
        IPAddress.Parse("100.100.100.200"), // Alibaba
        IPAddress.Parse("168.63.129.16"), // Azure
        IPAddress.Parse("192.0.0.192"), // Oracle
        IPAddress.Parse("fd00:ec2::254"), // Amazon
        IPAddress.Parse("fd20:ce::254"), // Google
    ];

    public static bool Is(IPAddress address)
    {
        // Without its zone, which plays no part in being equal to one of these.
        var bytes = address.GetAddressBytes();
        if (OfClouds.Contains(new IPAddress(bytes)) || address.IsIPv6LinkLocal) return true;
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Embedded(bytes) is { } embedded && Is(embedded)
            : bytes is [169, 254, ..];
    }

    private static IPAddress? Embedded(byte[] bytes) => bytes switch
    {
        // ::a.b.c.d and ::ffff:a.b.c.d (RFC 4291), ::ffff:0:a.b.c.d (RFC 2765).
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. var rest] => new IPAddress(rest),
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, .. var rest] => new IPAddress(rest),
        [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, .. var rest] => new IPAddress(rest),

        // 64:ff9b::a.b.c.d and 64:ff9b:1::a.b.c.d (RFC 6052, RFC 8215), 2002:ab:cd:: (RFC 3056).
        [0, 0x64, 0xff, 0x9b, 0, 0 or 1, 0, 0, 0, 0, 0, 0, .. var rest] => new IPAddress(rest),
        [0x20, 0x02, var a, var b, var c, var d, ..] => new IPAddress([a, b, c, d]),
        _ => null,
    };
}

/// <summary>A name or URL led to an address that is refused.</summary>
internal sealed class RefusedAddressException(string host)
    : Exception($"'{host}' is a link-local address or one of a cloud's metadata service, or leads to nothing else; these are refused");
