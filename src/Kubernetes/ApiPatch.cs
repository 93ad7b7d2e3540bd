using System.Text;
using System.Text.Json.Nodes;

namespace CacheMachine.Kubernetes;

/// <summary>A change of part of an object.</summary>
public sealed class ApiPatch
{
    private ApiPatch(string contentType, JsonNode document)
    {
        ContentType = contentType;
        Body = Encoding.UTF8.GetBytes(document.ToJsonString());
    }

    internal string ContentType { get; }

    internal byte[] Body { get; }

    /// <summary>
    /// RFC 7396: given fields replace, null removes, lists are replaced as a whole. With
    /// <c>metadata.resourceVersion</c> in it, a change by somebody else is a conflict.
    /// </summary>
    public static ApiPatch Merge(JsonObject document) => new("application/merge-patch+json", document);

    /// <summary>Kubernetes' own: like a merge patch, but lists with a merge key (containers by name) are merged.</summary>
    public static ApiPatch Strategic(JsonObject document) => new("application/strategic-merge-patch+json", document);

    /// <summary>RFC 6902: a list of operations; a failed <c>test</c> is an Invalid.</summary>
    public static ApiPatch Json(JsonArray operations) => new("application/json-patch+json", operations);
}
