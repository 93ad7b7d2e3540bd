namespace CacheMachine.Simulator.Kubelets;

/// <summary>A node's disk: what the images and others take of it, and kubelet's garbage collection of images.</summary>
internal sealed class NodeDisk(KubeletContext context, Func<ISet<string>> digestsInUse)
{
    public NodeImages Images { get; } = new();

    /// <summary>Bytes that something else than images takes.</summary>
    public long Other { get; set; }

    public long Free => Math.Max(0, context.Options.DiskBytes - Other - Images.Used);

    /// <summary>Above the high threshold, removes unused images, the least recently used first, until below the low one.</summary>
    public void Collect(Action changed)
    {
        var capacity = context.Options.DiskBytes;
        if (Images.Used + Other < capacity * context.Options.ImageGcHigh)
            return;
        var removed = false;
        foreach (var image in Images.Unused(digestsInUse()).ToList())
        {
            if (Images.Used + Other <= capacity * context.Options.ImageGcLow)
                break;
            removed |= Images.Remove(image);
        }

        if (removed)
            changed();
    }
}
