using CacheMachine.Host.Settings;
using Microsoft.AspNetCore.WebUtilities;

namespace CacheMachine.Host.Api;

/// <summary>What holds for every request, whatever its route: no error without a body that says why, no page of another site.</summary>
internal static class ApiPipeline
{
    public static void UseApi(this WebApplication web, HttpSettings settings)
    {
        var rules = new BrowserRules(settings);
        // What is done is up to FailedRequests.
        web.UseExceptionHandler(_ => { });
        web.UseStatusCodePages(context => Problem(context.HttpContext).ExecuteAsync(context.HttpContext));
        web.Use((context, next) => rules.Refuse(context.Request) is { } refused ? refused.ExecuteAsync(context) : next(context));
    }

    private static IResult Problem(HttpContext context)
    {
        var (path, status) = (PlainText.Shorten(context.Request.Path), context.Response.StatusCode);
        return Problems.Of(status, status switch
        {
            StatusCodes.Status404NotFound => $"there is no route {path}",
            StatusCodes.Status405MethodNotAllowed =>
                $"{path} has no {PlainText.Shorten(context.Request.Method)}; it has {context.Response.Headers.Allow}",
            _ => ReasonPhrases.GetReasonPhrase(status),
        });
    }
}
