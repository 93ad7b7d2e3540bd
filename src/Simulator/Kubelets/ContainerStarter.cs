using CacheMachine.Simulator.Registries;

namespace CacheMachine.Simulator.Kubelets;

/// <summary>What happens to a container once its image is there: start, end, restart.</summary>
internal sealed class ContainerStarter(KubeletContext context, Action<TimeSpan, Action> after, Action<PodRun> changed)
{
    public void Start(PodRun run, ContainerRun container, ImageReference reference, NodeImages.Entry image) =>
        after(context.Options.StartDelay, () => StartNow(run, container, reference, image));

    private void StartNow(PodRun run, ContainerRun container, ImageReference reference, NodeImages.Entry image)
    {
        if (run.Gone || run.Stopping)
            return;
        container.HasImage(reference, image);
        var id = context.Resources.Names.Hex64();
        if (!run.HasProgram(container, image.HasShell))
        {
            container.NotStarted(id, context.Resources.Now, CannotStart(container.Command[0]));
            Restart(run, container, reference, image);
            changed(run);
            return;
        }

        container.Started(id, context.Resources.Now);
        changed(run);
        if (ContainerProgram.End(container.Command, container.Args, container.Init) is { } end)
            after(end.After, () => End(run, container, reference, image, end.ExitCode));
    }

    private void End(PodRun run, ContainerRun container, ImageReference reference, NodeImages.Entry image, int exitCode)
    {
        if (run.Gone || run.Stopping)
            return;
        container.Ended(exitCode, exitCode == 0 ? "Completed" : "Error", context.Resources.Now);
        var done = container.Init && exitCode == 0;
        if (!done && run.RestartsAfter(exitCode))
            Restart(run, container, reference, image);
        changed(run);
    }

    /// <summary>The first restart comes with the next sync; later ones wait in CrashLoopBackOff, each twice as long.</summary>
    private void Restart(PodRun run, ContainerRun container, ImageReference reference, NodeImages.Entry image)
    {
        var wait = container.CrashBackOff;
        container.CrashBackOff = Kubelet.NextBackOff(wait, context.Options);
        after(context.Options.SyncDelay, () =>
        {
            if (run.Gone || run.Stopping)
                return;
            container.Remember();
            if (wait == TimeSpan.Zero)
            {
                StartNow(run, container, reference, image);
                return;
            }

            container.Wait(
                "CrashLoopBackOff",
                $"back-off {(long)wait.TotalSeconds}s restarting failed container={container.Name} pod={run.Pod.Name}_{run.Pod.Namespace}({run.Pod.Uid})");
            changed(run);
            after(wait, () => StartNow(run, container, reference, image));
        });
    }

    private static string CannotStart(string command) =>
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start " +
        $"container process: exec: \"{command}\": stat {command}: no such file or directory: unknown";
}
