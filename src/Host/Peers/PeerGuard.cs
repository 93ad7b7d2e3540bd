using System.Globalization;

namespace CacheMachine.Host.Peers;

/// <summary>Decides whether a message is from a replica that has our key, was signed just now, and has not been seen before. Safe for many threads.</summary>
/// <param name="keys">The key.</param>
/// <param name="time">Clock.</param>
internal sealed class PeerGuard(PeerKeys keys, TimeProvider time)
{
    /// <summary>How far the clocks of two replicas may be apart.</summary>
    public static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Queue<(long At, string Nonce)> _order = new();

    /// <summary>Judges a message.</summary>
    /// <returns>The key that it is signed with, and its signature; or why it is refused.</returns>
    public (byte[]? Key, string Signature, string Why) Judge(HttpRequest request, string target, ReadOnlySpan<byte> body)
    {
        var (to, nonce, signature) = (One(request, PeerSignature.ToHeader), One(request, PeerSignature.NonceHeader), One(request, PeerSignature.Header));
        if (to is null || nonce is not { Length: 32 } || signature is null
            || !long.TryParse(One(request, PeerSignature.TimeHeader), NumberStyles.None, CultureInfo.InvariantCulture, out var at))
            return (null, "", "the message is not signed");
        var stamp = new PeerStamp(target, to, at, nonce);
        byte[]? key = null;
        foreach (var candidate in keys.Current)
        {
            if (PeerSignature.Same(PeerSignature.OfMessage(candidate, stamp, body), signature))
                key = candidate;
        }

        if (key is null)
            return (null, "", "the message is not signed with our key");
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (Math.Abs((decimal)now - at) > (decimal)MaxSkew.TotalMilliseconds)
            return (null, "", string.Create(CultureInfo.InvariantCulture, $"the message was signed at a time that is more than {MaxSkew.TotalMinutes} minutes from ours"));
        return IsNew(nonce, now) ? (key, signature, "") : (null, "", "the message was received before");
    }

    // A nonce is kept for as long as a message with it could be accepted, on the slowest and the fastest clock.
    private bool IsNew(string nonce, long now)
    {
        lock (_gate)
        {
            while (_order.TryPeek(out var oldest) && now - oldest.At > 2 * (long)MaxSkew.TotalMilliseconds)
                _seen.Remove(_order.Dequeue().Nonce);
            if (!_seen.Add(nonce))
                return false;
            _order.Enqueue((now, nonce));
            return true;
        }
    }

    private static string? One(HttpRequest request, string header) => request.Headers[header] is [{ Length: > 0 and <= 1000 } value] ? value : null;
}
