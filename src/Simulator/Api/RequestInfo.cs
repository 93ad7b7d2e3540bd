using CacheMachine.Simulator.Store;
using Microsoft.AspNetCore.Http;

namespace CacheMachine.Simulator.Api;

/// <summary>What a request is about: <c>/apis/GROUP/VERSION/namespaces/NS/PLURAL/NAME/SUBRESOURCE</c>, and the verb RBAC would see.</summary>
internal sealed record RequestInfo(ResourceType Type, string Namespace, string Name, string Subresource, string Verb)
{
    /// <summary>Null when the path is not one of a stored resource.</summary>
    public static RequestInfo? Read(HttpRequest request)
    {
        var parts = (request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        var (group, version, rest) = parts switch
        {
            ["api", var v, .. var r] => ("", v, r),
            ["apis", var g, var v, .. var r] => (g, v, r),
            _ => ("", "", []),
        };
        var ns = "";
        if (rest is ["namespaces", var named, _, ..] && rest is not [_, _, "status" or "finalize"])
        {
            ns = named;
            rest = rest[2..];
        }

        if (rest.Length is 0 or > 3 || ResourceType.Find(group, version, rest[0]) is not { } type || (ns.Length > 0 && !type.Namespaced))
            return null;
        var name = rest.Length > 1 ? rest[1] : "";
        return new RequestInfo(type, ns, name, rest.Length > 2 ? rest[2] : "", VerbOf(request, name));
    }

    private static string VerbOf(HttpRequest request, string name) => request.Method switch
    {
        "GET" or "HEAD" when name.Length > 0 => "get",
        "GET" or "HEAD" when request.Query["watch"].ToString() is "true" or "1" => "watch",
        "GET" or "HEAD" => "list",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" when name.Length > 0 => "delete",
        "DELETE" => "deletecollection",
        var method => method.ToLowerInvariant(),
    };
}
