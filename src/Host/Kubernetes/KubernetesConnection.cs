using CacheMachine.Host.Kubernetes.Access;
using CacheMachine.Host.Kubernetes.Calls;
using CacheMachine.Host.Settings;
using k8s;

namespace CacheMachine.Host.Kubernetes;

/// <summary>
/// The API server of our cluster, and our namespace in it: HTTP/2 where the server offers it, else HTTP/1.1; one pool of connections. Safe for many
/// threads; one per process is enough.
/// </summary>
public sealed class KubernetesConnection : IDisposable
{
    private readonly ApiAccess _access;

    internal KubernetesConnection(ApiAccess access, TimeProvider time, ApiTimes? times = null)
    {
        (_access, Time, Times) = (access, time, times ?? new ApiTimes());
        Client = ApiClient.Create(access, Times, time);
    }

    /// <summary>
    /// Calls on single objects; every request is bounded in time and can be cancelled. Its errors are KubernetesClient's; <see cref="AskAsync"/> puts
    /// them into words.
    /// </summary>
    public IKubernetes Client { get; }

    /// <summary>Where our objects are.</summary>
    public string Namespace => _access.Namespace;

    /// <summary>Address of the API server.</summary>
    internal Uri Server => _access.Server;

    internal TimeProvider Time { get; }

    internal ApiTimes Times { get; }

    /// <summary>Connects to nothing yet, but reads all files that say how to.</summary>
    /// <param name="settings">The namespace in them is stronger than the context's or the pod's.</param>
    /// <param name="time">Clock.</param>
    /// <exception cref="KubernetesConfigException">No cluster is found, or its configuration is faulty.</exception>
    public static KubernetesConnection Open(KubernetesSettings settings, TimeProvider time)
    {
        var times = new AccessTimes(time);
        var access = settings.Mode == KubernetesMode.InCluster
            ? InCluster.Load(Environment.GetEnvironmentVariable, InCluster.ServiceAccount, times)
            : new Kubeconfig(settings.Kubeconfig!, times).Load(settings.Context);
        return new KubernetesConnection(settings.Namespace is { } ns ? access with { Namespace = ns } : access, time);
    }

    /// <summary>One call.</summary>
    /// <param name="operation">Names it in errors.</param>
    /// <param name="call">Gets a token that ends with the caller's, and with the time that a request may take.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="ApiException">Any failure but the caller's own cancellation.</exception>
    internal async Task<T> AskAsync<T>(ApiOperation operation, Func<IKubernetes, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        // KubernetesClient puts names into the path as they are.
        if (operation.Name is { } name && name.AsSpan().ContainsAny("/?#%"))
            throw new ApiException(operation, new ApiFailure("BadRequest", "this cannot be the name of an object", NeverSent: true));
        using var deadline = new Deadline(Times.Request, Time, cancellationToken);
        return await InWordsAsync(operation, deadline, () => call(Client, deadline.Token));
    }

    /// <summary>Part of a call that has its own deadline.</summary>
    /// <exception cref="ApiException">Any failure but the caller's own cancellation.</exception>
    internal async Task<T> InWordsAsync<T>(ApiOperation operation, Deadline deadline, Func<Task<T>> part)
    {
        try
        {
            return await part();
        }
        catch (Exception e) when (ApiFailures.IsExpected(e) && !deadline.IsCallers(e))
        {
            throw new ApiException(
                operation, ApiFailures.Of(e, deadline.Limit, deadline.TimedOut, _access.Trust.LastRefusal, Time.GetUtcNow()), e);
        }
    }

    /// <summary>Server, namespace, and where they come from.</summary>
    public override string ToString() => $"{Server} (namespace {Namespace}, from {_access.Source})";

    /// <summary>Closes the connections.</summary>
    public void Dispose() => Client.Dispose();
}
