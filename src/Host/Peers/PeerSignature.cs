using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CacheMachine.Host.Peers;

/// <summary>What a message is signed over, beside its body.</summary>
/// <param name="Target">Path, as it is on the wire.</param>
/// <param name="To">The address that the message is meant for.</param>
/// <param name="Time">Milliseconds since 1970, by the sender's clock.</param>
/// <param name="Nonce">32 hexadecimal digits, never used before.</param>
internal sealed record PeerStamp(string Target, string To, long Time, string Nonce)
{
    /// <summary>A stamp for a message that is sent now.</summary>
    public static PeerStamp New(string target, string to, TimeProvider time) =>
        new(target, to, time.GetUtcNow().ToUnixTimeMilliseconds(), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
}

/// <summary>HMAC-SHA256 with the key that replicas share, in hexadecimal digits.</summary>
internal static class PeerSignature
{
    public const string ToHeader = "x-cachemachine-to";
    public const string TimeHeader = "x-cachemachine-time";
    public const string NonceHeader = "x-cachemachine-nonce";

    /// <summary>In a message; in the head of an answer, over its status; and in the trailer of an answer, over its body.</summary>
    public const string Header = "x-cachemachine-signature";

    /// <summary>The signature of a message.</summary>
    public static string OfMessage(byte[] key, PeerStamp stamp, ReadOnlySpan<byte> body) => Hmac(
        key, "cachemachine-message-1", "POST", stamp.Target, stamp.To, stamp.Time.ToString(CultureInfo.InvariantCulture), stamp.Nonce,
        Convert.ToHexStringLower(SHA256.HashData(body)));

    /// <summary>The signature of the head of the answer to a message.</summary>
    public static string OfHead(byte[] key, string messageSignature, int status) =>
        Hmac(key, "cachemachine-answer-head-1", messageSignature, status.ToString(CultureInfo.InvariantCulture));

    /// <summary>The signature of the body of the answer to a message.</summary>
    public static string OfBody(byte[] key, string messageSignature, ReadOnlySpan<byte> body) =>
        Hmac(key, "cachemachine-answer-body-1", messageSignature, Convert.ToHexStringLower(SHA256.HashData(body)));

    /// <summary>Compares in constant time.</summary>
    public static bool Same(string expected, string? found) =>
        found is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(found));

    // No part has a line break: they come from headers, or are ours.
    private static string Hmac(byte[] key, params ReadOnlySpan<string?> parts) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(string.Join('\n', parts))));
}
