using System.Collections.Immutable;
using CacheMachine.Simulator.Api;
using CacheMachine.Simulator.Registries;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Kubelets;

/// <summary>
/// One node's kubelet and containerd. Runs on the fleet's loop only. What it has started is bound to an epoch: when the node goes down, all
/// that was under way is void.
/// </summary>
internal sealed class Kubelet
{
    private readonly KubeletContext _context;
    private readonly Action<TimeSpan, Action> _timer;
    private readonly Action<Kubelet, PodRun> _dirty;
    private readonly Dictionary<string, PodRun> _pods = new(StringComparer.Ordinal);
    private readonly PullQueue _pulls;
    private readonly NodeDisk _disk;
    private readonly ContainerStarter _starter;
    private int _epoch;
    private bool _reportScheduled;

    public Kubelet(string node, int number, KubeletContext context, Action<TimeSpan, Action> timer, Action<Kubelet, PodRun> dirty)
    {
        Node = node;
        Ip = $"10.{64 + (number >> 16)}.{(number >> 8) & 255}.{number & 255}";
        _context = context;
        _timer = timer;
        _dirty = dirty;
        _disk = new NodeDisk(context, DigestsInUse);
        _pulls = new PullQueue(context, _disk, ImagesChanged, After);
        _starter = new ContainerStarter(context, After, Advance);
        After(context.Options.ImageGcPeriod, CollectImages);
    }

    public string Node { get; }

    public string Ip { get; }

    /// <summary>False while nothing acts on the node.</summary>
    public bool Alive { get; private set; } = true;

    /// <summary>The images now, for readers on other threads.</summary>
    public ImmutableArray<NodeImage> Images { get; private set; } = [];

    public void Apply(StoredObject pod, bool deleted)
    {
        if (!_pods.TryGetValue(pod.Uid, out var run))
        {
            if (deleted || pod.Phase is "Succeeded" or "Failed")
                return;
            _pods[pod.Uid] = run = new PodRun(pod, $"{Ip[..Ip.LastIndexOf('.')]}.{_pods.Count & 255}");
        }

        run.Pod = pod;
        if (deleted)
        {
            run.Gone = true;
            _pods.Remove(pod.Uid);
        }
        else if (Alive)
        {
            Sync(run);
        }
    }

    /// <summary>Everything stops where it is; the API sees no more of this node.</summary>
    public void Kill()
    {
        Alive = false;
        _epoch++;
        _pulls.Clear();
        _reportScheduled = false;
    }

    /// <summary>Acts again: carries on with all pods.</summary>
    public void Resume()
    {
        if (Alive)
            return;
        Alive = true;
        After(_context.Options.ImageGcPeriod, CollectImages);
        ImagesChanged();
        foreach (var pod in _pods.Values.ToList())
        {
            foreach (var container in pod.All)
                container.Retry();
            pod.Stopping = false;
            Sync(pod);
        }
    }

    /// <summary>All containers end and are started again; the images stay.</summary>
    public void Reboot()
    {
        Kill();
        foreach (var container in _pods.Values.SelectMany(pod => pod.All))
            container.Interrupt(_context.Resources.Now);
        Resume();
    }

    /// <summary>A new disk: no images, no pods.</summary>
    public void Wipe()
    {
        Kill();
        _pods.Clear();
        _disk.Images.Clear();
        _disk.Other = 0;
        Resume();
    }

    public void Evict(string name)
    {
        if (ImageReference.Parse(name) is { } reference && _disk.Images.Find(reference) is { } found && _disk.Images.Remove(found))
            ImagesChanged();
    }

    public void AddImage(IReadOnlyList<string> names, long sizeBytes)
    {
        _disk.Images.AddRaw(names, sizeBytes, _context.Now);
        ImagesChanged();
    }

    public void Preload(ImageReference reference, RegistryImage image)
    {
        _disk.Images.Add(reference, image, _context.Now);
        ImagesChanged();
    }

    public void FillDisk(long bytes) => _disk.Other = bytes;

    public void CollectImages()
    {
        _disk.Collect(ImagesChanged);
        After(_context.Options.ImageGcPeriod, CollectImages);
    }

    public void WriteStatus(PodRun run)
    {
        if (run.Gone || !Alive)
            return;
        _context.Resources.Store.TryUpdate(run.Pod, document => run.WriteStatus(document, _context.Resources.Now, Ip, _context.Options.Release));
    }

    private void Sync(PodRun run)
    {
        if (run.Pod.Deleting)
        {
            if (run.Stopping)
                return;
            run.Stopping = true;
            var grace = TimeSpan.FromSeconds(run.GraceSeconds);
            After(grace < _context.Options.StopDelay ? grace : _context.Options.StopDelay, () => Remove(run));
            return;
        }

        Advance(run);
    }

    private void Remove(PodRun run)
    {
        try
        {
            _context.Resources.Delete(
                ResourceType.Pods, run.Pod.Namespace, run.Pod.Name, new DeleteOptions(GraceSeconds: 0, Uid: run.Pod.Uid));
        }
        catch (ApiException gone) when (gone.Code is 404 or 409)
        {
            // Somebody else has removed it.
        }
    }

    /// <summary>Starts what can be started now: init containers one after another, then all others.</summary>
    private void Advance(PodRun run)
    {
        if (run.Gone || run.Stopping)
            return;
        _dirty(this, run);
        var next = run.Initialized
            ? run.Containers.Where(container => container.Stage == ContainerStage.New || container.Reason == "PodInitializing")
            : run.InitContainers.Where(container => !container.Succeeded).Take(1).Where(container => container.Stage == ContainerStage.New);
        foreach (var container in next.ToList())
        {
            container.Wait(container.Init ? "PodInitializing" : "ContainerCreating");
            EnsureImage(run, container);
        }
    }

    private void EnsureImage(PodRun run, ContainerRun container)
    {
        if (run.Gone || run.Stopping)
            return;
        if (container.Reference is not { } reference)
        {
            container.Wait("InvalidImageName", _context.Options.Release.InvalidName(container.Image, ImageReference.Uppercase(container.Image)));
            _dirty(this, run);
            return;
        }

        var present = _disk.Images.Find(reference);
        if (present is not null && container.PullPolicy != "Always")
        {
            Use(run, container, reference, present);
            return;
        }

        if (container.PullPolicy == "Never")
        {
            container.Wait("ErrImageNeverPull", $"Container image \"{container.Image}\" is not present with pull policy of Never");
            _dirty(this, run);
            return;
        }

        var credentials = _context.Credentials(run.Pod.Namespace, run.PullSecrets, reference.Host);
        _pulls.Add(new PullJob(reference, credentials, (image, error) =>
        {
            if (image is not null)
                Use(run, container, reference, image);
            else
                PullFailed(run, container, error!);
        }));
    }

    private void Use(PodRun run, ContainerRun container, ImageReference reference, NodeImages.Entry image)
    {
        container.PullBackOff = TimeSpan.Zero;
        image.LastUsed = _context.Now;
        _starter.Start(run, container, reference, image);
    }

    private void PullFailed(PodRun run, ContainerRun container, string error)
    {
        if (run.Gone || run.Stopping)
            return;
        container.Wait("ErrImagePull", error);
        _dirty(this, run);
        container.PullBackOff = NextBackOff(container.PullBackOff, _context.Options);
        After(_context.Options.SyncDelay, () =>
        {
            container.Wait("ImagePullBackOff", _context.Options.Release.BackOff(container.Image, error));
            _dirty(this, run);
        });
        After(_context.Options.SyncDelay + container.PullBackOff, () => EnsureImage(run, container));
    }

    public static TimeSpan NextBackOff(TimeSpan before, SimulatedClusterOptions options)
    {
        var next = before == TimeSpan.Zero ? options.BackOff : before * 2;
        return next < options.MaxBackOff ? next : options.MaxBackOff;
    }

    private HashSet<string> DigestsInUse() =>
        _pods.Values.SelectMany(pod => pod.All).Select(container => container.Digest).OfType<string>().ToHashSet();

    private void ImagesChanged()
    {
        Images = _disk.Images.Snapshot();
        if (_reportScheduled || !Alive)
            return;
        _reportScheduled = true;
        After(_context.Options.ReportDelay, () =>
        {
            _reportScheduled = false;
            if (_context.Resources.Store.Get(ResourceType.Nodes, "", Node) is not { } node)
                return;
            var report = _disk.Images.Report(_context.Options.NodeStatusMaxImages);
            _context.Resources.Store.TryUpdate(node, document => document.MapOrNew("status")["images"] = report);
        });
    }

    private void After(TimeSpan delay, Action work)
    {
        var epoch = _epoch;
        _timer(delay, () =>
        {
            if (epoch == _epoch)
                work();
        });
    }
}
