using CacheMachine.Kubernetes.Errors;
using CacheMachine.Kubernetes.Resources;

namespace CacheMachine.Kubernetes.Http;

/// <summary>
/// A whole list in pages. Pages hang together by a token that the server forgets after minutes (410): then the list starts
/// anew, and when that happens again the last try is one page without a limit, which cannot expire in between.
/// </summary>
internal sealed class PagedList<T, TView>(
    ApiTransport transport, ResourceKind<T> kind, string? ns, ListOptions options, Func<T, TView> project)
    where T : class, IKubernetesObject
{
    private const int PagedTries = 2;

    private readonly ApiOperation _operation = new("list", kind.QualifiedName, ns);

    public async Task<ResourceList<TView>> ReadAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= PagedTries; attempt++)
        {
            if (await TryPagesAsync(transport.Options.PageSize, cancellationToken) is { } list)
                return list;
        }

        var items = new List<TView>();
        var meta = await PageAsync(null, null, items, cancellationToken);
        return new ResourceList<TView>(meta.ResourceVersion!, items);
    }

    /// <summary>Null when the continue token has expired.</summary>
    private async Task<ResourceList<TView>?> TryPagesAsync(int limit, CancellationToken cancellationToken)
    {
        var items = new List<TView>();
        string? token = null;
        while (true)
        {
            try
            {
                var meta = await PageAsync(limit, token, items, cancellationToken);
                token = meta.Continue;
                if (string.IsNullOrEmpty(token))
                    return new ResourceList<TView>(meta.ResourceVersion!, items);
            }
            catch (KubernetesApiException e) when (e.Error.IsExpired && token is not null)
            {
                return null;
            }
        }
    }

    private Task<ListMeta> PageAsync(int? limit, string? token, List<TView> items, CancellationToken cancellationToken)
    {
        var query = new QueryText()
            .Add("limit", limit?.ToString(System.Globalization.CultureInfo.InvariantCulture))
            .Add("continue", token)
            .Add("labelSelector", options.LabelSelector)
            .Add("fieldSelector", options.FieldSelector);
        var request = new ApiRequest(_operation, HttpMethod.Get, kind.Path(ns, null) + query);
        return Call.StreamAsync(
            transport,
            request,
            (stream, cancel) => new ListReader<T>(kind.Json, item => items.Add(project(item)), transport.Options.MaxObjectBytes)
                .ReadAsync(stream, cancel),
            cancellationToken);
    }
}
