using System.Text.Json;
using CacheMachine.Actors.Images;
using CacheMachine.Host.Registries.Auth;
using CacheMachine.Host.Registries.Http;

namespace CacheMachine.Host.Registries;

/// <summary>Reads a tag list page by page. A list that cannot be read to its end is an error, never a shorter list.</summary>
internal sealed class TagLister(Authorizer authorizer, RegistryOptions options, RegistryFaults faults, ILogger logger)
{
    /// <summary>The tags in the registry's order, each once.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(RegistryEndpoint endpoint, string repository, CancellationToken cancellationToken)
    {
        var tags = new OrderedDictionary<string, bool>(StringComparer.Ordinal);
        var seen = new HashSet<Uri>();
        var request = new RegistryRequest(HttpMethod.Get, endpoint.TagsUri(repository, options.PageSize))
        {
            Operation = $"Listing the tags of {endpoint.Name}/{repository}",
            MaxBytes = options.MaxPageBytes,
            Accept = ["application/json"],
        };
        while (true)
        {
            seen.Add(request.Uri);
            var response = await authorizer.SendAsync(endpoint, repository, request, cancellationToken);

            // Some registries allow 100 tags a page at most, and refuse a wish for more rather than give less.
            if (seen.Count == 1 && IsRefusal(response.Status))
            {
                request = request with { Uri = endpoint.TagsUri(repository, pageSize: null) };
                response = await authorizer.SendAsync(endpoint, repository, request, cancellationToken);
            }

            if (!response.IsSuccess) throw faults.ErrorOf(response);
            foreach (var tag in ReadTags(response)) tags.TryAdd(tag, true);
            if (tags.Count > options.MaxTags) throw faults.Unusable(response, $"more than {options.MaxTags} tags");
            if (Next(response) is not { } next) return [.. tags.Keys];
            request = request with { Uri = next };
            if (seen.Contains(next)) throw faults.Unusable(response, "the pages go round in a circle");
            if (seen.Count == options.MaxPages) throw faults.Unusable(response, $"more than {options.MaxPages} pages");
        }
    }

    // What is wrong with a request that has nothing but a size.
    private static bool IsRefusal(int status) => status is 400 or 405 or 413 or 414 or 416 or 422 or 501;

    private List<string> ReadTags(RegistryResponse response)
    {
        List<string> tags;
        try
        {
            using var json = JsonDocument.Parse(response.Body);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("tags", out var array))
                throw faults.Unusable(response, "the answer has no 'tags'");

            // Null is how registries written in Go send an empty list.
            if (array.ValueKind == JsonValueKind.Null) return [];
            if (array.ValueKind != JsonValueKind.Array || array.EnumerateArray().Any(tag => tag.ValueKind != JsonValueKind.String))
                throw faults.Unusable(response, "'tags' is not a list of strings");
            tags = [.. array.EnumerateArray().Select(tag => tag.GetString()!)];
        }
        catch (JsonException e)
        {
            throw faults.Unusable(response, $"the answer is not JSON ({e.Message})");
        }
        catch (InvalidOperationException)
        {
            throw faults.Unusable(response, "'tags' has half a character");
        }

        // What is not a tag can be neither asked for nor pulled.
        var invalid = tags.RemoveAll(tag => ReferenceGrammar.CheckTag(tag) is not null);
        if (invalid > 0) logger.LogDebug("{Operation}: left out {Count} names that are not tags", response.Request.Operation, invalid);
        return tags;
    }

    private Uri? Next(RegistryResponse response)
    {
        string? link;
        try
        {
            link = LinkHeader.Next(response.Raw("Link"));
        }
        catch (FormatException e)
        {
            throw faults.Unusable(response, e.Message);
        }

        if (link is null) return null;
        var asked = response.Request.Uri;
        if (!Uri.TryCreate(asked, link, out var next)) throw faults.Unusable(response, "the link to the next page is not a URL");
        if (RegistryTransport.SameOrigin(asked, next)) return next;
        var what = $"the next page is at {next.Scheme}://{next.Authority}, not on the same host";
        throw faults.Unusable(response, what, RegistryErrorKind.Refused);
    }
}
