using System.Text.Json;
using CacheMachine.Host.Registries.Auth;
using CacheMachine.Host.Registries.Http;

namespace CacheMachine.Host.Registries;

/// <summary>Reads a tag list page by page. A list that cannot be read to its end is an error, never a shorter list.</summary>
internal sealed class TagLister(Authorizer authorizer, RegistryOptions options, TimeProvider time, ILogger logger)
{
    public async Task<IReadOnlyList<string>> ListAsync(RegistryEndpoint endpoint, string repository, CancellationToken cancellationToken)
    {
        var tags = new List<string>();
        var seen = new HashSet<Uri>();
        var request = new RegistryRequest(HttpMethod.Get, endpoint.TagsUri(repository, options.PageSize))
        {
            Operation = $"Listing the tags of {endpoint.Name}/{repository}",
            MaxBytes = options.MaxPageBytes,
            Accept = ["application/json"],
        };
        while (true)
        {
            if (!seen.Add(request.Uri)) throw Fault(request, "the pages go round in a circle");
            if (seen.Count > options.MaxPages) throw Fault(request, $"more than {options.MaxPages} pages");
            var response = await authorizer.SendAsync(endpoint, repository, request, cancellationToken);
            if (!response.IsSuccess) throw ErrorAnswer.ToException(request.Operation, response, time);

            tags.AddRange(ReadTags(request, response));
            if (tags.Count > options.MaxTags) throw Fault(request, $"more than {options.MaxTags} tags");
            if (Next(request, response) is not { } next) return tags;
            request = request with { Uri = next };
        }
    }

    private List<string> ReadTags(RegistryRequest request, RegistryResponse response)
    {
        List<string> tags;
        try
        {
            using var json = JsonDocument.Parse(response.Body);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("tags", out var array))
                throw Fault(request, "the answer has no 'tags'");

            // Null is how registries written in Go send an empty list.
            if (array.ValueKind == JsonValueKind.Null) return [];
            if (array.ValueKind != JsonValueKind.Array || array.EnumerateArray().Any(tag => tag.ValueKind != JsonValueKind.String))
                throw Fault(request, "'tags' is not a list of strings");
            tags = [.. array.EnumerateArray().Select(tag => tag.GetString()!)];
        }
        catch (JsonException e)
        {
            throw Fault(request, $"the answer is not JSON ({e.Message})");
        }

        // What is no tag can be neither asked for nor pulled.
        var invalid = tags.RemoveAll(tag => !RegistryGrammar.Tag().IsMatch(tag));
        if (invalid > 0) logger.LogWarning("{Operation}: left out {Count} names that are no tags", request.Operation, invalid);
        return tags;
    }

    private static Uri? Next(RegistryRequest request, RegistryResponse response)
    {
        string? link;
        try
        {
            link = LinkHeader.Next(response.Raw("Link"));
        }
        catch (FormatException e)
        {
            throw Fault(request, e.Message);
        }

        if (link is null) return null;
        if (!Uri.TryCreate(request.Uri, link, out var next)) throw Fault(request, "the link to the next page is not a URL");
        return RegistryTransport.SameOrigin(request.Uri, next)
            ? next
            : throw Fault(request, $"the next page is at {next.Scheme}://{next.Authority}, not on the same host", RegistryErrorKind.Refused);
    }

    private static RegistryException Fault(RegistryRequest request, string what, RegistryErrorKind kind = RegistryErrorKind.Protocol) =>
        new(kind, $"{request.Operation} ({request.Method} {request.Uri.GetLeftPart(UriPartial.Path)}): {what}") { UrlPath = request.Uri.AbsolutePath };
}
