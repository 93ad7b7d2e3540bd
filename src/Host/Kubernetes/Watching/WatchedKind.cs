using CacheMachine.Host.Kubernetes.Calls;
using k8s;

namespace CacheMachine.Host.Kubernetes.Watching;

/// <summary>What is listed and watched.</summary>
/// <param name="Group">API group; empty for core.</param>
/// <param name="Version">API version.</param>
/// <param name="Plural">As in paths.</param>
/// <param name="Namespace">Null for the whole cluster.</param>
/// <param name="Labels">Label selector; null for all.</param>
internal sealed record WatchedKind(string Group, string Version, string Plural, string? Namespace = null, string? Labels = null)
{
    /// <summary>For errors.</summary>
    public ApiOperation Operation(string verb) => new(verb, Group.Length == 0 ? Plural : $"{Plural}.{Group}", Namespace);

    /// <summary>A page of a list, unread.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="limit">Most objects; null for all.</param>
    /// <param name="next">The continue token of the page before.</param>
    /// <param name="cancellationToken">Until the headers are there.</param>
    public Task<HttpResponseMessage> ListAsync(IKubernetes client, int? limit, string? next, CancellationToken cancellationToken) =>
        SendAsync(client, limit, next, null, null, cancellationToken);

    /// <summary>A watch, unread.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="version">What happened after it is told.</param>
    /// <param name="timeout">After this the server ends the watch in order; whole seconds, at least one.</param>
    /// <param name="cancellationToken">Until the headers are there.</param>
    public Task<HttpResponseMessage> WatchAsync(IKubernetes client, string version, TimeSpan timeout, CancellationToken cancellationToken) =>
        SendAsync(client, null, null, version, Math.Max(1, (int)timeout.TotalSeconds), cancellationToken);

    private async Task<HttpResponseMessage> SendAsync(
        IKubernetes client, int? limit, string? next, string? version, int? timeout, CancellationToken cancellationToken)
    {
        bool? watch = version is null ? null : true;
        var answer = Namespace is null
            ? await client.CustomObjects.ListClusterCustomObjectWithHttpMessagesAsync<UnreadAnswer>(
                Group, Version, Plural, allowWatchBookmarks: watch, continueParameter: next, labelSelector: Labels, limit: limit,
                resourceVersion: version, timeoutSeconds: timeout, watch: watch, cancellationToken: cancellationToken)
            : await client.CustomObjects.ListNamespacedCustomObjectWithHttpMessagesAsync<UnreadAnswer>(
                Group, Version, Namespace, Plural, allowWatchBookmarks: watch, continueParameter: next, labelSelector: Labels, limit: limit,
                resourceVersion: version, timeoutSeconds: timeout, watch: watch, cancellationToken: cancellationToken);
        return answer.Response;
    }
}
