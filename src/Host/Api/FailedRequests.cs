using CacheMachine.Host.Settings;
using Microsoft.AspNetCore.Diagnostics;

namespace CacheMachine.Host.Api;

/// <summary>
/// What becomes of a request that ends with an exception. A broken one is its sender's fault, and no error in the log. Of a client that has
/// hung up ASP.NET Core takes care itself, as quietly.
/// </summary>
internal sealed partial class FailedRequests(HostSettings settings, ILoggerFactory loggers) : IExceptionHandler
{
    private readonly ILogger _logger = loggers.CreateLogger(settings.Log.Logger);

    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var (method, path) = (httpContext.Request.Method, PlainText.Shorten(httpContext.Request.Path));
        if (exception is BadHttpRequestException bad)
        {
            LogBroken(_logger, method, path, bad.StatusCode, bad.Message);
            await Refusal(bad).ExecuteAsync(httpContext);
        }
        else
        {
            LogFailed(_logger, exception, method, path);
            await Problems.Of(StatusCodes.Status500InternalServerError, "a defect of the service; its log says more")
                .ExecuteAsync(httpContext);
        }
        return true;
    }

    private static IResult Refusal(BadHttpRequestException bad) => Problems.Of(bad.StatusCode, bad.StatusCode switch
    {
        StatusCodes.Status408RequestTimeout => $"the body came too slowly: {bad.Message}",
        _ => $"the request is not valid HTTP: {bad.Message}",
    });

    [LoggerMessage(LogLevel.Debug, "{Method} {Path} refused with {Status}: {Error}")]
    private static partial void LogBroken(ILogger logger, string method, string path, int status, string error);

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string method, string path);
}
