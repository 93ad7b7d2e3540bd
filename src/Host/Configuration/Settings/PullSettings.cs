namespace CacheMachine.Host.Configuration.Settings;

/// <summary>imagePullPolicy of the pull pods.</summary>
public enum PullPolicy
{
    /// <summary>kubelet asks the registry only for an image that the node lacks.</summary>
    IfNotPresent,

    /// <summary>kubelet always asks the registry what the tag means now.</summary>
    Always,
}

/// <summary>Pulling and retrying.</summary>
/// <param name="ParallelImages">Images of one machine at a time.</param>
/// <param name="Timeout">When an image is given up for now.</param>
/// <param name="RetryMin">First wait before another try.</param>
/// <param name="RetryMax">Longest wait before another try.</param>
/// <param name="EvidenceTtl">How long a pull pod's proof counts without a report of the node.</param>
/// <param name="PullPolicy">imagePullPolicy of the pull pods.</param>
public sealed record PullSettings(
    int ParallelImages, TimeSpan Timeout, TimeSpan RetryMin, TimeSpan RetryMax, TimeSpan EvidenceTtl, PullPolicy PullPolicy)
{
    internal static PullSettings Read(SettingsReader reader)
    {
        var settings = new PullSettings(
            reader.Integer("parallel-images", 1, 100),
            reader.Duration("timeout", TimeSpan.FromSeconds(10), TimeSpan.FromHours(24)),
            reader.Duration("retry-min", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)),
            reader.Duration("retry-max", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)),
            reader.Duration("evidence-ttl", TimeSpan.FromMinutes(1), TimeSpan.FromDays(30)),
            reader.Choice("pull-policy", ("IfNotPresent", PullPolicy.IfNotPresent), ("Always", PullPolicy.Always)));
        reader.Require(settings.RetryMin <= settings.RetryMax, "retry-max", "must not be shorter than retry-min");
        return settings;
    }
}
