using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace CacheMachine.Host.Api;

/// <summary>Answers in JSON, with their length: HEAD says the same of them as GET.</summary>
internal static class Answers
{
    private const string ContentType = "application/json; charset=utf-8";

    public static IResult Json<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK, string contentType = ContentType) =>
        new Json(JsonSerializer.SerializeToUtf8Bytes(value, type), contentType, status);
}

/// <summary>An answer that is ready to be sent.</summary>
internal sealed class Json(ReadOnlyMemory<byte> text, string contentType, int status) : IResult
{
    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = text.Length;
        if (!HttpMethods.IsHead(httpContext.Request.Method))
            await response.BodyWriter.WriteAsync(text, httpContext.RequestAborted);
    }
}
