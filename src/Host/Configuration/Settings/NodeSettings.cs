namespace CacheMachine.Host.Configuration.Settings;

/// <summary>What kubelets report.</summary>
/// <param name="MaxReportedImages">kubelet's nodeStatusMaxImages; -1 when it reports all. A report with fewer images is a full one.</param>
public sealed record NodeSettings(int MaxReportedImages)
{
    internal static NodeSettings Read(SettingsReader reader)
    {
        var max = reader.Integer("max-reported-images", -1, 10_000);
        reader.Require(max != 0, "max-reported-images", "must be -1 or at least 1");
        return new NodeSettings(max);
    }
}
