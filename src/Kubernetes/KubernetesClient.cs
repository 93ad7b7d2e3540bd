using System.Text.Json;
using CacheMachine.Kubernetes.Config;
using CacheMachine.Kubernetes.Errors;
using CacheMachine.Kubernetes.Http;
using CacheMachine.Kubernetes.Json;
using CacheMachine.Kubernetes.Resources;

namespace CacheMachine.Kubernetes;

/// <summary>
/// A client of one cluster: HTTP/2 where the server offers it, else HTTP/1.1; one pool of connections. Safe for many threads; one per
/// process is enough.
/// </summary>
public sealed class KubernetesClient : IDisposable
{
    private readonly ApiTransport _transport;

    /// <summary>Connects to nothing yet.</summary>
    public KubernetesClient(KubernetesConfig config, KubernetesClientOptions? options = null)
    {
        Config = config;
        _transport = new ApiTransport(config, options ?? new KubernetesClientOptions());
    }

    /// <summary>What it was made with.</summary>
    public KubernetesConfig Config { get; }

    /// <summary>core/v1, list and watch.</summary>
    public ResourceClient<Node> Nodes => For(Node.Resource, null);

    /// <summary>core/v1.</summary>
    /// <param name="ns">Namespace; null lists and watches all of them.</param>
    public ResourceClient<Pod> Pods(string? ns) => For(Pod.Resource, ns);

    /// <summary>apps/v1.</summary>
    /// <param name="ns">Namespace; null lists and watches all of them.</param>
    public ResourceClient<DaemonSet> DaemonSets(string? ns) => For(DaemonSet.Resource, ns);

    /// <summary>core/v1.</summary>
    /// <param name="ns">That of the object which the event is about; <c>default</c> for objects of the whole cluster.</param>
    public ResourceClient<Event> Events(string ns) => For(Event.Resource, ns);

    /// <summary>coordination.k8s.io/v1.</summary>
    /// <param name="ns">Namespace.</param>
    public ResourceClient<Lease> Leases(string ns) => For(Lease.Resource, ns);

    /// <summary>Any kind that has a <see cref="ResourceKind{T}"/>.</summary>
    /// <param name="kind">Which kind.</param>
    /// <param name="ns">Null for the whole cluster.</param>
    public ResourceClient<T> For<T>(ResourceKind<T> kind, string? ns)
        where T : class, IKubernetesObject
    {
        if (ns is not null && !kind.IsNamespaced)
            throw new ArgumentException($"{kind} belong to the whole cluster and to no namespace", nameof(ns));
        return new ResourceClient<T>(_transport, kind, ns);
    }

    /// <summary>The server's version: the cheapest proof that it answers.</summary>
    public Task<ApiResult<ServerVersion>> GetVersionAsync(CancellationToken cancellationToken) => Call.OneAsync(
        _transport,
        new ApiRequest(new ApiOperation("get", "/version"), HttpMethod.Get, "/version"),
        async (stream, token) => await JsonSerializer.DeserializeAsync(stream, KubernetesJsonContext.Default.ServerVersion, token),
        cancellationToken);

    /// <summary>Closes idle connections; what is being read goes on to its end.</summary>
    public void Dispose() => _transport.Dispose();
}
