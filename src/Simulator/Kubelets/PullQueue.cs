using CacheMachine.Simulator.Registries;

namespace CacheMachine.Simulator.Kubelets;

/// <summary>One image to be pulled, and who is told: the image on the node, or kubelet's message of why not.</summary>
internal sealed record PullJob(
    ImageReference Reference, (string User, string Password)? Credentials, Action<NodeImages.Entry?, string?> Done);

/// <summary>
/// The pulls of one node. As in kubelet, one at a time unless configured otherwise, and a pull goes on when its pod is gone.
/// </summary>
internal sealed class PullQueue(KubeletContext context, NodeDisk disk, Action imagesChanged, Action<TimeSpan, Action> after)
{
    private readonly Queue<PullJob> _waiting = new();
    private int _active;

    /// <summary>Pulls that wait or run.</summary>
    public int Count => _waiting.Count + _active;

    public void Add(PullJob job)
    {
        _waiting.Enqueue(job);
        StartNext();
    }

    /// <summary>Drops everything, as when the node goes down.</summary>
    public void Clear()
    {
        _waiting.Clear();
        _active = 0;
    }

    private void StartNext()
    {
        while ((_active == 0 || !context.Options.SerializePulls) && _waiting.TryDequeue(out var job))
        {
            _active++;
            Start(job);
        }
    }

    private void Start(PullJob job)
    {
        var answer = context.Registry.Pull(job.Reference, job.Credentials, context.Options.Release);
        var delay = context.Options.ResolveDelay;
        if (answer.Image is not { } image)
        {
            after(delay, () => Finish(job, null, answer.Error));
            return;
        }

        if (disk.Images.Holds(image.Digest))
        {
            after(delay, () => Finish(job, image, null));
            return;
        }

        var fitting = Math.Min(image.SizeBytes, disk.Free);
        after(delay + TimeSpan.FromSeconds((double)fitting / context.Options.Bandwidth), () =>
        {
            var fits = disk.Free >= image.SizeBytes;
            Finish(job, fits ? image : null, fits ? null : NoSpace(job.Reference));
            if (!fits)
                disk.Collect(imagesChanged);
        });
    }

    private void Finish(PullJob job, RegistryImage? image, string? error)
    {
        _active--;
        NodeImages.Entry? entry = null;
        if (image is not null)
        {
            entry = disk.Images.Add(job.Reference, image, context.Now);
            imagesChanged();
        }

        job.Done(entry, error);
        StartNext();
    }

    private static string NoSpace(ImageReference image) =>
        $"rpc error: code = Unknown desc = failed to pull and unpack image \"{image}\": failed to copy: write " +
        "/var/lib/containerd/io.containerd.content.v1.content/ingest/data: no space left on device";
}
