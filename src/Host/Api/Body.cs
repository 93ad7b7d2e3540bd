using System.Globalization;
using System.IO.Pipelines;

namespace CacheMachine.Host.Api;

/// <summary>Reads request bodies, whatever content type they claim.</summary>
/// <param name="limit">Longest body, in bytes.</param>
/// <param name="timeout">Longest time that it may take to arrive.</param>
/// <param name="time">Clock.</param>
internal sealed class Body(long limit, TimeSpan timeout, TimeProvider time)
{
    /// <summary>The whole body; null where it is longer than the limit.</summary>
    /// <exception cref="BadHttpRequestException">It takes too long (408), or breaks the rules of HTTP.</exception>
    public async Task<byte[]?> ReadAsync(HttpRequest request)
    {
        // Kestrel's reader cannot go on, and says so in the log, after a read that a token has cancelled (that the client has hung up it says
        // by itself), and after bytes that were looked at and not taken.
        var body = request.BodyReader;
        using var late = new CancellationTokenSource(timeout, time);
        await using var interrupt = late.Token.Register(body.CancelPendingRead);
        using var bytes = new MemoryStream();
        try
        {
            ReadResult read;
            do
            {
                read = await body.ReadAsync();
                foreach (var segment in read.Buffer)
                    bytes.Write(segment.Span);
                body.AdvanceTo(read.Buffer.End);
                if (read.IsCanceled)
                    throw TooSlow();
            }
            while (!read.IsCompleted && bytes.Length <= limit);
            return bytes.Length <= limit ? bytes.ToArray() : null;
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }
    }

    private BadHttpRequestException TooSlow() => new(
        string.Create(CultureInfo.InvariantCulture, $"it has not arrived within {timeout.TotalSeconds:0} s (http.body-timeout)"),
        StatusCodes.Status408RequestTimeout);
}
