using System.Globalization;
using System.Net;
using System.Text.Json;

namespace CacheMachine.Host.Peers;

/// <summary>Sends messages to the <see cref="PeerServer"/>s of other replicas. Nothing is repeated here: the region decides what may be.</summary>
public sealed class PeerClient : IShardTransport, IDisposable
{
    // RFC 9113, section 7: the stream was closed before anything was done with it.
    private const long RefusedStream = 7;

    private readonly HttpMessageInvoker _http;
    private readonly PeerKeys _keys;
    private readonly PeerTls? _tls;
    private readonly PeerBody _bodies;
    private readonly PeerTimes _times;
    private readonly TimeProvider _time;

    /// <summary>Connects to nothing yet.</summary>
    /// <param name="keys">The shared key.</param>
    /// <param name="tls">Null for none.</param>
    /// <param name="codec">Knows the messages.</param>
    /// <param name="time">Clock.</param>
    /// <param name="times">How long is waited; null for the defaults.</param>
    public PeerClient(PeerKeys keys, PeerTls? tls, IPayloadSerializer codec, TimeProvider time, PeerTimes? times = null)
    {
        (_keys, _tls, _bodies, _time, _times) = (keys, tls, new PeerBody(codec), time, times ?? new PeerTimes());
        _http = PeerConnections.Open(tls, _times, time);
    }

    /// <inheritdoc/>
    public async Task<ShardDelivery> DeliverAsync(string address, string typeName, object message, bool wantsReply, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var peer) || peer.Scheme != (_tls is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps))
            return NotSent(address, $"it is no address that begins with {(_tls is null ? "http" : "https")}://");
        byte[] body;
        try
        {
            body = _bodies.OfMessage(message, wantsReply);
        }
        catch (NotSupportedException e)
        {
            return NotSent(address, e.Message);
        }

        if (body.Length > PeerBody.Longest)
            return NotSent(address, string.Create(CultureInfo.InvariantCulture, $"the message has {body.Length} bytes, and {PeerBody.Longest} are the most that can be sent"));
        var uri = new Uri(peer, $"{PeerEndpoint.Path}{Uri.EscapeDataString(typeName)}");
        var key = _keys.Current[0];
        var stamp = PeerStamp.New(uri.PathAndQuery, address, _time);
        return await SendAsync(new Sending(uri, stamp, key, PeerSignature.OfMessage(key, stamp, body), new PeerContent(body)), cancellationToken);
    }

    /// <summary>Closes all connections.</summary>
    public void Dispose() => _http.Dispose();

    private async Task<ShardDelivery> SendAsync(Sending sending, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_times.Taken, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var to = sending.Stamp.To;
        try
        {
            using var request = sending.ToRequest();
            var response = await _http.SendAsync(request, either.Token);
            if (response.StatusCode == HttpStatusCode.OK && sending.IsSigned(response))
                return new ShardDelivery.Taken(ReadReplyAsync(sending, response, cancellationToken));
            using (response)
                return await JudgeAsync(sending, response, either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new ShardDelivery.Failed(FormattableString.Invariant($"send to {to}: it was not taken within {_times.Taken.TotalSeconds:0.###} s"), sending.Content.WasSent);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            var refused = e is HttpRequestException { InnerException: HttpProtocolException { ErrorCode: RefusedStream } };
            return new ShardDelivery.Failed($"send to {to}: {Words(e)}", sending.Content.WasSent && !refused);
        }
    }

    private static async Task<ShardDelivery> JudgeAsync(Sending sending, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        // Without our key it cannot sign; nor does it read what is too long.
        var mayBeUnsigned = response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.RequestEntityTooLarge;
        if (!mayBeUnsigned && !sending.IsSigned(response))
            return new ShardDelivery.Failed($"send to {sending.Stamp.To}: an answer ({status}) came that is not signed with our key", MayHaveArrived: true);
        if (response.StatusCode == HttpStatusCode.Accepted)
            return new ShardDelivery.Taken(null);
        if (response.StatusCode == HttpStatusCode.MisdirectedRequest)
            return ShardDelivery.NotHere.Instance;
        return new ShardDelivery.Failed(
            $"send to {sending.Stamp.To}: it answered {status}: {await DetailAsync(response, cancellationToken)}", MayHaveArrived: status is < 400 or > 499);
    }

    private async Task<object> ReadReplyAsync(Sending sending, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var open = response;
        using var timeout = new CancellationTokenSource(_times.Reply, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var what = $"the answer of {sending.Stamp.To}, which has taken the message";
        try
        {
            var body = await PeerBody.ReadAllAsync(await response.Content.ReadAsStreamAsync(either.Token), either.Token)
                ?? throw new ShardUnavailableException($"{what}, is longer than {PeerBody.Longest} bytes");
            if (!sending.IsSigned(response, body))
                throw new ShardUnavailableException($"{what}, is not signed with our key");
            var (answer, _, failure) = _bodies.Read(body);
            return answer ?? throw new ShardUnavailableException(failure ?? $"{what}, is empty");
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ShardUnavailableException(
                FormattableString.Invariant($"{what}, did not come within {_times.Reply.TotalSeconds:0.###} s; whether it was carried out is not known"));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ShardUnavailableException($"{what}, did not come, because the connection was lost ({Words(e)}); whether it was carried out is not known");
        }
        catch (UnknownManifestException e)
        {
            throw new ShardUnavailableException($"{what}, is a '{e.Manifest}', which is unknown to this release");
        }
        catch (JsonException e)
        {
            throw new ShardUnavailableException($"{what}, cannot be read: {e.Message}");
        }
    }

    private static async Task<string> DetailAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            using var problem = JsonDocument.Parse(await PeerBody.ReadAllAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken) ?? []);
            var detail = problem.RootElement.GetProperty("detail").GetString() ?? "";
            return string.Concat(detail.Where(c => !char.IsControl(c)).Take(500));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or HttpRequestException or IOException)
        {
            return "no reason that can be read";
        }
    }

    private static ShardDelivery.Failed NotSent(string address, string why) => new($"send to {address}: {why}", MayHaveArrived: false);

    private static string Words(Exception e) =>
        e.InnerException is { } inner && !e.Message.Contains(inner.Message, StringComparison.Ordinal) ? $"{e.Message} {Words(inner)}" : e.Message;

    /// <summary>A message on its way.</summary>
    private sealed record Sending(Uri Uri, PeerStamp Stamp, byte[] Key, string Signature, PeerContent Content)
    {
        public HttpRequestMessage ToRequest()
        {
            var request = new HttpRequestMessage(HttpMethod.Post, Uri) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = Content };
            request.Headers.Add(PeerSignature.ToHeader, Stamp.To);
            request.Headers.Add(PeerSignature.TimeHeader, Stamp.Time.ToString(CultureInfo.InvariantCulture));
            request.Headers.Add(PeerSignature.NonceHeader, Stamp.Nonce);
            request.Headers.Add(PeerSignature.Header, Signature);
            return request;
        }

        public bool IsSigned(HttpResponseMessage response) =>
            PeerSignature.Same(PeerSignature.OfHead(Key, Signature, (int)response.StatusCode), One(response.Headers));

        public bool IsSigned(HttpResponseMessage response, byte[] body) =>
            PeerSignature.Same(PeerSignature.OfBody(Key, Signature, body), One(response.TrailingHeaders));

        private static string? One(System.Net.Http.Headers.HttpResponseHeaders headers) =>
            headers.TryGetValues(PeerSignature.Header, out var values) ? values.FirstOrDefault() : null;
    }
}
