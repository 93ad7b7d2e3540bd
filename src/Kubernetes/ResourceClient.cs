using System.Text.Json;
using CacheMachine.Kubernetes.Errors;
using CacheMachine.Kubernetes.Http;
using CacheMachine.Kubernetes.Json;
using CacheMachine.Kubernetes.Resources;
using CacheMachine.Kubernetes.Watch;

namespace CacheMachine.Kubernetes;

/// <summary>
/// All calls on one kind in one namespace (or in the whole cluster). Calls on one object return every failure as a value; lists and
/// watches throw <see cref="KubernetesApiException"/>. Safe for many threads.
/// </summary>
public sealed class ResourceClient<T>
    where T : class, IKubernetesObject
{
    private readonly ApiTransport _transport;
    private readonly ResourceKind<T> _kind;

    internal ResourceClient(ApiTransport transport, ResourceKind<T> kind, string? ns)
    {
        _transport = transport;
        _kind = kind;
        Namespace = ns;
    }

    /// <summary>Null for the whole cluster.</summary>
    public string? Namespace { get; }

    /// <summary>Plural and group.</summary>
    internal string QualifiedName => _kind.QualifiedName;

    /// <summary>Clock and limits of the client.</summary>
    internal KubernetesClientOptions Options => _transport.Options;

    /// <summary>One object, as it is now.</summary>
    public Task<ApiResult<T>> GetAsync(string name, CancellationToken cancellationToken) =>
        OneAsync(Request("get", HttpMethod.Get, name), cancellationToken);

    /// <summary>Makes a new object; the answer has what the server filled in. AlreadyExists when the name is taken.</summary>
    public Task<ApiResult<T>> CreateAsync(T value, CancellationToken cancellationToken)
    {
        var request = Request("create", HttpMethod.Post, null, Json(value));
        // The name is in the body and not in the path, but an error must still say it.
        var name = value.Metadata.Name ?? $"{value.Metadata.GenerateName}*";
        return OneAsync(request with { Operation = request.Operation with { Name = name } }, cancellationToken);
    }

    /// <summary>
    /// Replaces the whole object. With the metadata.resourceVersion that was read, somebody else's change in between is a
    /// Conflict; without one, it is overwritten. Fields that the models do not know are lost: use it only for kinds that are modelled
    /// in full (Lease).
    /// </summary>
    public Task<ApiResult<T>> ReplaceAsync(T value, CancellationToken cancellationToken) =>
        OneAsync(Request("update", HttpMethod.Put, value.Metadata.Name, Json(value)), cancellationToken);

    /// <summary>Changes part of an object.</summary>
    public Task<ApiResult<T>> PatchAsync(string name, ApiPatch patch, CancellationToken cancellationToken) =>
        OneAsync(Request("patch", HttpMethod.Patch, name, patch.Body) with { ContentType = patch.ContentType }, cancellationToken);

    /// <summary>Deletes an object, or begins to. NotFound when it is gone already; Conflict when a precondition fails.</summary>
    public Task<ApiResult<DeleteAnswer>> DeleteAsync(string name, DeleteOptions? options, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(options ?? new DeleteOptions(), KubernetesJsonContext.Default.DeleteOptions);
        return Call.OneAsync(
            _transport,
            Request("delete", HttpMethod.Delete, name, body),
            async (stream, token) => await JsonSerializer.DeserializeAsync(stream, KubernetesJsonContext.Default.DeletedBody, token) is { } left
                ? left.ToAnswer()
                : null,
            cancellationToken);
    }

    /// <summary>Every object that matches, read in pages.</summary>
    /// <exception cref="KubernetesApiException">The list could not be read to its end.</exception>
    public Task<ResourceList<T>> ListAsync(ListOptions options, CancellationToken cancellationToken) =>
        ListAsync(static item => item, options, cancellationToken);

    /// <summary>
    /// The same, keeping only <paramref name="project"/>'s view of each object, which is made as soon as the object's last byte has come.
    /// When the list has to start anew (410 between pages), it is called again for objects that it has seen.
    /// </summary>
    /// <exception cref="KubernetesApiException">The list could not be read to its end.</exception>
    public Task<ResourceList<TView>> ListAsync<TView>(
        Func<T, TView> project, ListOptions options, CancellationToken cancellationToken) =>
        new PagedList<T, TView>(_transport, _kind, Namespace, options, project).ReadAsync(cancellationToken);

    /// <summary>Opens one watch connection; <see cref="Watcher{T}"/> keeps one open for ever.</summary>
    /// <param name="resourceVersion">Of a list or an earlier frame; what happened after it is told.</param>
    /// <param name="options">The same as for the list.</param>
    /// <param name="serverTimeout">After this the server ends the watch in order; whole seconds, at least one.</param>
    /// <param name="clientTimeout">After this the client gives the connection up, whatever happens.</param>
    /// <param name="cancellationToken">Also for reading from the stream.</param>
    /// <exception cref="KubernetesApiException">It could not be opened; <see cref="ApiError.IsExpired"/> asks for a new list.</exception>
    public Task<WatchConnection<T>> WatchAsync(
        string resourceVersion, ListOptions options, TimeSpan serverTimeout, TimeSpan clientTimeout, CancellationToken cancellationToken)
    {
        var query = new QueryText()
            .Add("watch", "true")
            .Add("allowWatchBookmarks", "true")
            .Add("resourceVersion", resourceVersion)
            .Add("timeoutSeconds", Math.Max(1, (long)serverTimeout.TotalSeconds))
            .Add("labelSelector", options.LabelSelector)
            .Add("fieldSelector", options.FieldSelector);
        var request = Request("watch", HttpMethod.Get, null);
        return Call.WatchAsync(
            _transport, request with { PathAndQuery = request.PathAndQuery + query }, _kind.Json, clientTimeout, cancellationToken);
    }

    private Task<ApiResult<T>> OneAsync(ApiRequest request, CancellationToken cancellationToken) => Call.OneAsync(
        _transport,
        request,
        async (stream, token) =>
        {
            var value = await JsonSerializer.DeserializeAsync(stream, _kind.Json, token);
            return value?.Metadata is null ? null : value;
        },
        cancellationToken);

    private byte[] Json(T value) => JsonSerializer.SerializeToUtf8Bytes(value, _kind.Json);

    private ApiRequest Request(string verb, HttpMethod method, string? name, byte[]? body = null)
    {
        if (verb is "get" or "update" or "patch" or "delete")
            ArgumentException.ThrowIfNullOrEmpty(name);
        return new ApiRequest(new ApiOperation(verb, _kind.QualifiedName, Namespace, name), method, _kind.Path(Namespace, name), body);
    }
}
