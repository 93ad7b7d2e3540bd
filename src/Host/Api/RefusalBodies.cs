using System.Collections.Frozen;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace CacheMachine.Host.Api;

/// <summary>
/// What Kestrel cannot take for a request (a broken request line, headers that are too long) it refuses before any code of ours runs, and
/// without a body. Here such a refusal gets one on its way out, as all other errors have.
/// </summary>
internal static class RefusalBodies
{
    private static readonly FrozenDictionary<int, string> Details = new Dictionary<int, string>
    {
        [400] = "the request is not valid HTTP",
        [408] = "the headers of the request came too slowly",
        [413] = "the body is too long",
        [414] = "the request line is too long",
        [431] = "the headers of the request are too long",
        [505] = "the service speaks HTTP/1.1",
    }.ToFrozenDictionary();

    public static void AddRefusalBodies(this ListenOptions listen) => listen.Use(next => async connection =>
    {
        var transport = connection.Transport;
        connection.Transport = new Transport(transport.Input, new Output(transport.Output));
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Transport = transport;
        }
    });

    /// <summary>The refusal with a body; null for any other answer.</summary>
    /// <param name="answer">What Kestrel writes in one go.</param>
    internal static byte[]? WithBody(ReadOnlySpan<byte> answer)
    {
        // Our own errors have a body; only Kestrel's have none, and it closes the connection after them.
        var none = "\r\nContent-Length: 0\r\n"u8;
        if (!(answer.StartsWith("HTTP/1.1 4"u8) || answer.StartsWith("HTTP/1.1 5"u8)) || !answer.EndsWith("\r\n\r\n"u8)
            || answer.IndexOf(none) is not (> 0 and var at) || answer.IndexOf("\r\nConnection: close\r\n"u8) < 0
            || !int.TryParse(answer[9..12], out var status))
        {
            return null;
        }
        var problem = JsonSerializer.SerializeToUtf8Bytes(
            Problems.About(status, Details.GetValueOrDefault(status, "the request was refused")), ApiJson.Plain.Problem);
        return
        [
            .. answer[..at],
            .. Encoding.ASCII.GetBytes($"\r\nContent-Length: {problem.Length}\r\nContent-Type: {Problems.ContentType}\r\n"),
            .. answer[(at + none.Length)..],
            .. problem,
        ];
    }

    private sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    // Passes everything on; only what is written in one go, as a refusal is, is looked at.
    private sealed class Output(PipeWriter inner) : PipeWriter
    {
        private Memory<byte> _memory;

        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _memory = inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void Advance(int bytes)
        {
            if (WithBody(_memory.Span[..bytes]) is { } complete && complete.Length <= _memory.Length)
            {
                complete.CopyTo(_memory);
                bytes = complete.Length;
            }
            _memory = _memory[bytes..];
            inner.Advance(bytes);
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            inner.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);
    }
}
