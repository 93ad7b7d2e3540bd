using System.Text.Json.Nodes;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Api;

/// <summary>A refusal as the real API server words it: the HTTP code and the metav1.Status body.</summary>
internal sealed class ApiException(int code, JsonObject status) : Exception(status.Text("message"))
{
    public int Code => code;

    public JsonObject Status => status;

    public string Reason => status.Text("reason") ?? "";
}

/// <summary>One fault of an invalid object: reason is FieldValueRequired, FieldValueInvalid...</summary>
internal sealed record Cause(string Reason, string Field, string Message)
{
    public static Cause Required(string field, string detail = "") =>
        new("FieldValueRequired", field, detail.Length == 0 ? "Required value" : $"Required value: {detail}");

    public static Cause Unsupported(string field, string value, IEnumerable<string> supported) => new(
        "FieldValueNotSupported",
        field,
        $"Unsupported value: \"{value}\": supported values: {string.Join(", ", supported.Select(text => $"\"{text}\""))}");

    public static Cause Invalid(string field, string value, string detail) =>
        new("FieldValueInvalid", field, $"Invalid value: {value}: {detail}");
}

/// <summary>The refusals of apimachinery's <c>errors</c> package that this server makes, message for message.</summary>
internal static class ApiErrors
{
    public static ApiException NotFound(ResourceType type, string name) =>
        Make(404, "NotFound", $"{type.QualifiedPlural} \"{name}\" not found", Details(type, name));

    public static ApiException AlreadyExists(ResourceType type, string name) =>
        Make(409, "AlreadyExists", $"{type.QualifiedPlural} \"{name}\" already exists", Details(type, name));

    public static ApiException Conflict(ResourceType type, string name, string why) =>
        Make(409, "Conflict", $"Operation cannot be fulfilled on {type.QualifiedPlural} \"{name}\": {why}", Details(type, name));

    public static ApiException Modified(ResourceType type, string name) => Conflict(
        type, name, "the object has been modified; please apply your changes to the latest version and try again");

    /// <summary>A failed precondition of a deletion. It names the kind where other conflicts name the plural, as the real one does.</summary>
    public static ApiException FailedPrecondition(ResourceType type, string name, string why)
    {
        var details = Details(type, name);
        details["kind"] = type.Kind;
        return Make(409, "Conflict", $"Operation cannot be fulfilled on {type.QualifiedKind} \"{name}\": {why}", details);
    }

    public static ApiException Forbidden(ResourceType type, string name, string why) =>
        Make(403, "Forbidden", $"{type.QualifiedPlural} \"{name}\" is forbidden: {why}", Details(type, name));

    public static ApiException BadRequest(string message) => Make(400, "BadRequest", message, null);

    public static ApiException Unauthorized() => Make(401, "Unauthorized", "Unauthorized", null);

    public static ApiException Internal(string message) => Make(500, "InternalError", $"Internal error occurred: {message}", null);

    public static ApiException NoRoute() =>
        Make(404, "NotFound", "the server could not find the requested resource", new JsonObject());

    public static ApiException MethodNotAllowed() =>
        Make(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", new JsonObject());

    public static ApiException UnsupportedMediaType() =>
        Make(415, "UnsupportedMediaType", "415: Unsupported Media Type", new JsonObject());

    public static ApiException TooOld(long asked, long current) =>
        Make(410, "Expired", $"too old resource version: {asked} ({current})", null);

    public static ApiException TooLarge(long asked, long current) => Make(
        504,
        "Timeout",
        $"Timeout: Too large resource version: {asked}, current: {current}",
        new JsonObject
        {
            ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ResourceVersionTooLarge", ["message"] = "Too large resource version" }),
            ["retryAfterSeconds"] = 1,
        });

    public static ApiException ExpiredContinue(string inconsistentToken)
    {
        var error = Make(
            410,
            "Expired",
            "The provided continue parameter is too old to display a consistent list result. You can start a new list without " +
            "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. " +
            "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or " +
            "deleted between the time the first chunk was returned and now may show up in the list.",
            null);
        error.Status["metadata"] = new JsonObject { ["continue"] = inconsistentToken };
        return error;
    }

    public static ApiException Invalid(ResourceType type, string name, IReadOnlyList<Cause> causes)
    {
        var words = causes.Select(cause => $"{cause.Field}: {cause.Message}").ToList();
        var message = words.Count == 1 ? words[0] : $"[{string.Join(", ", words)}]";
        var details = new JsonObject();
        if (name.Length > 0)
            details["name"] = name;
        if (type.Group.Length > 0)
            details["group"] = type.Group;
        details["kind"] = type.Kind;
        details["causes"] = new JsonArray([.. causes.Select(cause =>
            (JsonNode)new JsonObject { ["reason"] = cause.Reason, ["message"] = cause.Message, ["field"] = cause.Field })]);
        return Make(422, "Invalid", $"{type.QualifiedKind} \"{name}\" is invalid: {message}", details);
    }

    public static ApiException Make(int code, string reason, string message, JsonObject? details)
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = message,
        };
        if (reason.Length > 0)
            status["reason"] = reason;
        if (details is not null)
            status["details"] = details;
        status["code"] = code;
        return new ApiException(code, status);
    }

    private static JsonObject Details(ResourceType type, string name)
    {
        var details = new JsonObject { ["name"] = name };
        if (type.Group.Length > 0)
            details["group"] = type.Group;
        details["kind"] = type.Plural;
        return details;
    }
}
