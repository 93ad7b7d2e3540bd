using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace CacheMachine.Host.Api;

/// <summary>Answers that say what is wrong (RFC 9457, <c>application/problem+json</c>).</summary>
internal static class Problems
{
    public static IResult NoMachine(string name) => Of(StatusCodes.Status404NotFound, $"there is no machine '{name}'");

    public static IResult TooBig(long limit) => Of(
        StatusCodes.Status413PayloadTooLarge, string.Create(CultureInfo.InvariantCulture, $"the body must be at most {limit} bytes (http.max-body-size)"));

    public static IResult NotJson(string why) => Of(StatusCodes.Status400BadRequest, $"the body is not JSON: {why}");

    public static IResult Faulty(IReadOnlyList<Fault> faults) => Of(
        StatusCodes.Status422UnprocessableEntity, $"{faults.Count} of the body's fields cannot be used; nothing was changed", faults);

    public static IResult Busy(HttpResponse response, string what)
    {
        response.Headers.RetryAfter = "1";
        return Of(StatusCodes.Status503ServiceUnavailable, what);
    }

    public static IResult Of(int status, string detail, IReadOnlyList<Fault>? faults = null) => Results.Json(
        new Problem("about:blank", ReasonPhrases.GetReasonPhrase(status), status, detail, faults),
        ApiJson.Plain.Problem, "application/problem+json", status);
}
