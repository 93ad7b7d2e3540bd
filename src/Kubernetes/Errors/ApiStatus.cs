namespace CacheMachine.Kubernetes.Errors;

/// <summary>metav1.Status: the body of an error answer, of an ERROR watch frame, and of most delete answers.</summary>
/// <param name="Kind"><c>Status</c>; anything else means that the body is some other object.</param>
/// <param name="Status"><c>Success</c> or <c>Failure</c>.</param>
/// <param name="Message">The server's words, for people.</param>
/// <param name="Reason">A metav1.StatusReason; one word for programs.</param>
/// <param name="Details">Which object and which fields.</param>
/// <param name="Code">The HTTP status; in a watch frame it is here only.</param>
public sealed record ApiStatus(
    string? Kind = null,
    string? Status = null,
    string? Message = null,
    string? Reason = null,
    ApiStatusDetails? Details = null,
    int Code = 0);

/// <summary>metav1.StatusDetails.</summary>
/// <param name="Name">The object's name; of an <c>Invalid</c> object the one that was sent.</param>
/// <param name="Group">API group, empty for core.</param>
/// <param name="Kind">Kind or plural resource, as the server chooses.</param>
/// <param name="Uid">Uid of a deleted object.</param>
/// <param name="Causes">One entry per faulty field, or other causes.</param>
/// <param name="RetryAfterSeconds">Zero when the server gave none.</param>
public sealed record ApiStatusDetails(
    string? Name = null,
    string? Group = null,
    string? Kind = null,
    string? Uid = null,
    IReadOnlyList<ApiStatusCause>? Causes = null,
    int RetryAfterSeconds = 0);

/// <summary>metav1.StatusCause.</summary>
/// <param name="Reason">For example <c>FieldValueInvalid</c>, <c>ResourceVersionTooLarge</c>.</param>
/// <param name="Message">The rule that was broken, in words.</param>
/// <param name="Field">Path, for example <c>spec.template.spec.containers[0].image</c>.</param>
public sealed record ApiStatusCause(string? Reason = null, string? Message = null, string? Field = null);
