using CacheMachine.Kubernetes.Errors;

namespace CacheMachine.Kubernetes.Http;

/// <summary>One call, which may be sent more than once (new credentials, 429).</summary>
/// <param name="Operation">For errors.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="PathAndQuery">Escaped, starts with a slash, without the server's base path.</param>
/// <param name="Body">Null for none.</param>
/// <param name="ContentType">Of the body.</param>
internal sealed record ApiRequest(
    ApiOperation Operation,
    HttpMethod Method,
    string PathAndQuery,
    byte[]? Body = null,
    string ContentType = "application/json");
