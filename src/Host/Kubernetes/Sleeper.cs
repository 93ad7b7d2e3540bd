using CacheMachine.Actors;
using CacheMachine.Host.Kubernetes.Calls;
using CacheMachine.Host.Settings;
using k8s;
using k8s.Models;

namespace CacheMachine.Host.Kubernetes;

/// <summary>
/// Finds the image that brings the sleeper. Our own image, which nobody has asked for, must not keep anything from being pulled: where a
/// node cannot get or run it, pulls go on without a sleeper for a while. An image that the operator has named stays.
/// </summary>
/// <param name="source">What is configured.</param>
/// <param name="podName">Name of our pod; null where we run in none.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Says once what was found, and every time when it fails.</param>
internal sealed partial class Sleeper(SleeperSource source, string? podName, TimeProvider time, ILogger<Sleeper> logger)
{
    /// <summary>How long pulls go without our own image after it has failed somewhere.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    private const string OwnContainer = "cachemachine";

    private readonly Lock _gate = new();
    private Own? _own;
    private DateTimeOffset _withoutUntil = DateTimeOffset.MinValue;

    /// <summary>The image for a pull that starts now; null for none.</summary>
    /// <exception cref="PortException">Our own image is not known yet.</exception>
    public async Task<SleeperImage?> FindAsync(KubernetesConnection connection, CancellationToken cancellationToken)
    {
        if (source is SleeperSource.Image image)
            return new SleeperImage(image.Reference, []);
        if (source is SleeperSource.None || podName is null)
            return null;
        var own = Known() ?? Remember(await AskAsync(connection, podName, cancellationToken));
        lock (_gate)
            return time.GetUtcNow() < _withoutUntil ? null : own.Image;
    }

    /// <summary>A pull pod could not get or run the sleeper.</summary>
    /// <param name="image">The image it was to come from.</param>
    /// <param name="why">In words.</param>
    public void Failed(string image, string why)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_own?.Image?.Image != image || now < _withoutUntil)
                return;
            _withoutUntil = now + Pause;
        }
        LogFailed(why, Pause.TotalMinutes);
    }

    /// <summary>Our container in our pod: the only one, or the one of the name that the manifests give it; null where neither is there.</summary>
    internal static V1Container? OwnContainerOf(V1Pod pod) => pod.Spec?.Containers switch
    {
        [var only] => only,
        { } several => several.FirstOrDefault(container => container.Name == OwnContainer),
        null => null,
    };

    private Own? Known()
    {
        lock (_gate)
            return _own;
    }

    private Own Remember(Own found)
    {
        lock (_gate)
        {
            if (_own is not null)
                return _own;
            _own = found;
        }
        if (found.Image is { } image)
            LogFound(image.Image);
        else
            LogNone(found.WhyNone);
        return found;
    }

    private static async Task<Own> AskAsync(KubernetesConnection connection, string podName, CancellationToken cancellationToken)
    {
        var ns = connection.Namespace;
        V1Pod pod;
        try
        {
            pod = await connection.AskAsync(
                new ApiOperation("get", "pods", ns, podName),
                (client, token) => client.CoreV1.ReadNamespacedPodAsync(podName, ns, cancellationToken: token), cancellationToken);
        }
        catch (ApiException e)
        {
            return e.IsFinal
                ? new Own(null, $"pod {ns}/{podName}, in which this process should be, could not be read: {e.Message}")
                : throw new PortException($"find the image of the sleeper in pod {ns}/{podName}: {e.Message}", e.Failure.RetryAfter);
        }
        return OwnContainerOf(pod)?.Image is { Length: > 0 } image
            ? new Own(new SleeperImage(image, [.. (pod.Spec.ImagePullSecrets ?? []).Select(secret => secret.Name)]), "")
            : new Own(null, $"pod {ns}/{podName} has several containers, and none of the name {OwnContainer}");
    }

    [LoggerMessage(LogLevel.Information, "Pull pods run the sleeper of {Image}")]
    private partial void LogFound(string image);

    [LoggerMessage(LogLevel.Warning, "Pull pods run a shell of the pulled image, because our own image is unknown: {Why}")]
    private partial void LogNone(string why);

    [LoggerMessage(LogLevel.Warning, "Pull pods run without the sleeper for {Minutes} minutes: {Why}")]
    private partial void LogFailed(string why, double minutes);

    private sealed record Own(SleeperImage? Image, string WhyNone);
}
