using System.Globalization;
using System.Text.Json;
using CacheMachine.Host.Api;
using Microsoft.AspNetCore.Http.Features;

namespace CacheMachine.Host.Peers;

/// <summary>
/// Takes one message: <c>POST /shards/TYPE</c>. Every status of 400 to 499 means that the message was certainly not taken; 200 is sent as soon as it
/// was, with the answer to follow.
/// </summary>
/// <param name="address">Our address, once it is known.</param>
/// <param name="guard">Judges signatures.</param>
/// <param name="bodies">Reads and writes bodies.</param>
/// <param name="receive">Hands a message to its entity.</param>
/// <param name="logger">Says what was refused or failed.</param>
internal sealed partial class PeerEndpoint(
    Task<string> address, PeerGuard guard, PeerBody bodies, Func<string, object, bool, CancellationToken, Task<ShardDelivery>> receive,
    ILogger<PeerEndpoint> logger)
{
    public const string Path = "/shards/";

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await AnswerAsync(context);
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            LogGone(context.Request.Path);
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, aborted) = (context.Request, context.RequestAborted);
        var body = request.ContentLength > PeerBody.Longest ? null : await PeerBody.ReadAllAsync(request.Body, aborted);
        if (body is null)
        {
            await RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, $"the message has more than {PeerBody.Longest} bytes");
            return;
        }

        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var (key, signature, why) = guard.Judge(request, target, body);
        if (key is null)
        {
            LogRefused(context.Connection.RemoteIpAddress?.ToString(), why);
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, why);
            return;
        }

        void Sign(int status)
        {
            context.Response.StatusCode = status;
            context.Response.Headers[PeerSignature.Header] = PeerSignature.OfHead(key, signature, status);
        }

        var (status, words, reply) = await ReceiveAsync(request, body, aborted);
        Sign(status);
        if (reply is null)
        {
            if (words.Length > 0)
                await RefuseAsync(context, status, words);
            return;
        }

        var response = context.Response;
        response.ContentType = "application/json";
        response.DeclareTrailer(PeerSignature.Header);
        await response.StartAsync(aborted);
        await response.Body.FlushAsync(aborted);
        var answer = await AnswerOfAsync(reply, request.Path, aborted);
        response.AppendTrailer(PeerSignature.Header, PeerSignature.OfBody(key, signature, answer));
        await response.Body.WriteAsync(answer, aborted);
    }

    private async Task<(int Status, string Words, Task<object>? Reply)> ReceiveAsync(HttpRequest request, byte[] body, CancellationToken aborted)
    {
        if (!HttpMethods.IsPost(request.Method) || !request.Path.StartsWithSegments("/shards", out var rest) || rest.Value is not { Length: > 1 } slashAndType)
            return (StatusCodes.Status404NotFound, $"messages go to POST {Path}TYPE", null);
        // For the process that was here before; or our address is another one than we think.
        if (request.Headers[PeerSignature.ToHeader] != await address)
            return (StatusCodes.Status421MisdirectedRequest, $"the message is for {request.Headers[PeerSignature.ToHeader]}, and this is {await address}", null);
        try
        {
            var (message, wantsReply, _) = bodies.Read(body);
            if (message is null)
                return (StatusCodes.Status400BadRequest, "the body is no message", null);
            return await receive(slashAndType[1..], message, wantsReply, aborted) switch
            {
                ShardDelivery.Taken taken => taken.Reply is null ? (StatusCodes.Status202Accepted, "", null) : (StatusCodes.Status200OK, "", taken.Reply),
                ShardDelivery.NotHere => (StatusCodes.Status421MisdirectedRequest, "the entity is not here", null),
                ShardDelivery.Failed failed => (failed.MayHaveArrived ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status429TooManyRequests, failed.Why, null),
                var other => throw new InvalidOperationException($"a delivery of no known kind: {other}"),
            };
        }
        catch (UnknownManifestException e)
        {
            return (StatusCodes.Status415UnsupportedMediaType, $"the message '{e.Manifest}' is unknown to this release", null);
        }
        catch (JsonException e)
        {
            return (StatusCodes.Status400BadRequest, $"the body is no message: {e.Message}", null);
        }
        catch (ArgumentException e)
        {
            return (StatusCodes.Status404NotFound, e.Message, null);
        }
        catch (Exception e) when (!aborted.IsCancellationRequested)
        {
            LogFailed(e, request.Path);
            return (StatusCodes.Status500InternalServerError, $"taking the message failed: {e.Message}", null);
        }
    }

    private async Task<byte[]> AnswerOfAsync(Task<object> reply, string path, CancellationToken aborted)
    {
        try
        {
            var answer = bodies.OfAnswer(await reply.WaitAsync(aborted));
            return answer.Length <= PeerBody.Longest ? answer : PeerBody.OfFailure(
                string.Create(CultureInfo.InvariantCulture, $"the answer has {answer.Length} bytes, and {PeerBody.Longest} are the most that can be sent"));
        }
        catch (ShardUnavailableException e)
        {
            return PeerBody.OfFailure(e.Message);
        }
        catch (Exception e) when (!aborted.IsCancellationRequested)
        {
            LogFailed(e, path);
            return PeerBody.OfFailure(e.Message);
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string words) => Problems.Of(status, words).ExecuteAsync(context);

    [LoggerMessage(LogLevel.Warning, "a message from {Remote} was refused: {Why}")]
    private partial void LogRefused(string? remote, string why);

    [LoggerMessage(LogLevel.Warning, "a message to {Path} from another replica failed")]
    private partial void LogFailed(Exception exception, string path);

    [LoggerMessage(LogLevel.Debug, "the replica that sent a message to {Path} has not waited for the answer")]
    private partial void LogGone(string path);
}
