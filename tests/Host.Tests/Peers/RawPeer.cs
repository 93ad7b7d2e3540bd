using System.Net;
using System.Text;
using CacheMachine.Host.Peers;

namespace CacheMachine.Host.Tests.Peers;

/// <summary>Speaks to a <see cref="PeerServer"/> as no <see cref="PeerClient"/> would.</summary>
internal sealed class RawPeer : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    public static PeerStamp Stamp(Replica to, TimeProvider? time = null, string? address = null) =>
        PeerStamp.New($"/shards/{Replica.Type}", address ?? to.Address, time ?? TimeProvider.System);

    public Task<(HttpStatusCode Status, string Body)> PostAsync(
        Replica to, string body, PeerStamp? stamp = null, string key = Replica.KeyOne, Func<string, string>? tamper = null, HttpMethod? method = null) =>
        PostAsync(to, Encoding.UTF8.GetBytes(body), stamp, key, tamper, method);

    public async Task<(HttpStatusCode Status, string Body)> PostAsync(
        Replica to, byte[] body, PeerStamp? stamp, string key = Replica.KeyOne, Func<string, string>? tamper = null, HttpMethod? method = null)
    {
        stamp ??= Stamp(to);
        var signature = PeerSignature.OfMessage(Encoding.UTF8.GetBytes(key), stamp, body);
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, new Uri(new Uri(to.Address), stamp.Target))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Headers.Add(PeerSignature.ToHeader, stamp.To);
        request.Headers.Add(PeerSignature.TimeHeader, stamp.Time.ToString(System.Globalization.CultureInfo.InvariantCulture));
        request.Headers.Add(PeerSignature.NonceHeader, stamp.Nonce);
        request.Headers.Add(PeerSignature.Header, tamper is null ? signature : tamper(signature));
        using var answer = await _http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public void Dispose() => _http.Dispose();
}
