using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace CacheMachine.Host.Api;

/// <summary>Answers that say what is wrong (RFC 9457, <c>application/problem+json</c>).</summary>
internal static class Problems
{
    /// <summary>Their content type.</summary>
    public const string ContentType = "application/problem+json";

    public static IResult NoMachine(string name) => Of(StatusCodes.Status404NotFound, $"there is no machine '{PlainText.Shorten(name)}'");

    public static IResult TooBig(long limit) => Of(
        StatusCodes.Status413PayloadTooLarge, string.Create(CultureInfo.InvariantCulture, $"the body must be at most {limit} bytes (http.max-body-size)"));

    public static IResult TooManyMachines(int limit) => Of(
        StatusCodes.Status409Conflict,
        string.Create(
            CultureInfo.InvariantCulture, $"there are {limit} machines already, as many as there may be (limits.machines); delete one first"));

    public static IResult NotJson(string why) => Of(StatusCodes.Status400BadRequest, $"the body is not JSON: {why}");

    public static IResult Faulty(IReadOnlyList<Fault> faults) => Of(
        StatusCodes.Status422UnprocessableEntity, $"the body has {faults.Count} fault{(faults.Count == 1 ? "" : "s")}; nothing was changed", faults);

    public static IResult Busy(HttpResponse response, string what)
    {
        // As long as most questions are waited for: who has asked in vain must not come back before the service gives up the question.
        response.Headers.RetryAfter = "5";
        return Of(StatusCodes.Status503ServiceUnavailable, what);
    }

    public static IResult Of(int status, string detail, IReadOnlyList<Fault>? faults = null) =>
        Answers.Json(About(status, detail, faults), ApiJson.Plain.Problem, status, ContentType);

    public static Problem About(int status, string detail, IReadOnlyList<Fault>? faults = null) =>
        new("about:blank", ReasonPhrases.GetReasonPhrase(status), status, detail, faults);
}
