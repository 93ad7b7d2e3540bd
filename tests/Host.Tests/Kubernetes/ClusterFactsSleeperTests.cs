using CacheMachine.Actors.Nodes;
using CacheMachine.Host.Kubernetes;
using CacheMachine.Host.Kubernetes.Watching;

namespace CacheMachine.Host.Tests.Kubernetes;

/// <summary>Pull pods with a sleeper, as kubelets report them.</summary>
public class ClusterFactsSleeperTests
{
    private const string OwnImage = "registry.example.org/cachemachine:2.0.0";

    private static readonly WatchedPod.ContainerStatus NotYet = Status("pull", waiting: new WatchedPod.Waiting("PodInitializing"));

    [Theory]
    [InlineData("ErrImagePull")]
    [InlineData("ImagePullBackOff")]
    [InlineData("InvalidImageName")]
    [InlineData("RunContainerError")]
    [InlineData("CreateContainerError")]
    [InlineData("CreateContainerConfigError")]
    public void A_sleeper_that_cannot_come_is_why_the_image_is_not_pulled(string reason)
    {
        var pod = ClusterFacts.Pod(PodOf(Status("sleeper", waiting: new WatchedPod.Waiting(reason, "not today")), NotYet));

        Assert.Equal(PullPodState.PullFailed, pod.State);
        Assert.Equal($"sleeper image {OwnImage}: {reason}: not today", pod.Reason);
        Assert.Null(pod.Digest);
    }

    [Fact]
    public void A_sleeper_that_crashes_is_reported_with_its_last_words()
    {
        var crashing = Status(
            "sleeper", waiting: new WatchedPod.Waiting("CrashLoopBackOff", "back-off 10s restarting failed container=sleeper"),
            last: new WatchedPod.Terminated(128, "exec: \"/sleeper\": no such file or directory")) with
        { ImageID = $"{OwnImage}@sha256:aa" };

        var pod = ClusterFacts.Pod(PodOf(crashing, NotYet));

        Assert.Equal(PullPodState.PullFailed, pod.State);
        Assert.Equal($"sleeper image {OwnImage}: CrashLoopBackOff: exec: \"/sleeper\": no such file or directory", pod.Reason);
    }

    [Fact]
    public void The_words_of_the_registry_stay_while_kubelet_backs_off()
    {
        var before = ClusterFacts.Pod(PodOf(Status("sleeper", waiting: new WatchedPod.Waiting("ErrImagePull", "not found")), NotYet));
        var after = ClusterFacts.Pod(PodOf(Status("sleeper", waiting: new WatchedPod.Waiting("ImagePullBackOff", "Back-off pulling image")), NotYet));

        Assert.Equal($"sleeper image {OwnImage}: ErrImagePull: not found", after.After(before).Reason);
    }

    [Fact]
    public void While_the_sleeper_is_on_its_way_the_image_is_too()
    {
        foreach (var sleeper in new[]
        {
            Status("sleeper", waiting: new WatchedPod.Waiting("PodInitializing")),
            Status("sleeper") with { State = new WatchedPod.ContainerState(Running: new WatchedPod.Running()) },
            Status("sleeper", ended: new WatchedPod.Terminated(0)) with { ImageID = $"{OwnImage}@sha256:aa" },
        })
        {
            var pod = ClusterFacts.Pod(PodOf(sleeper, NotYet));
            Assert.Equal((PullPodState.Pulling, null), (pod.State, pod.Reason));
        }
    }

    [Fact]
    public void A_sleeper_that_failed_once_is_mentioned()
    {
        var pod = ClusterFacts.Pod(PodOf(Status("sleeper", ended: new WatchedPod.Terminated(1, "cannot write: No space left on device")), NotYet));

        Assert.Equal(
            (PullPodState.Pulling, $"sleeper image {OwnImage}: exit code 1: cannot write: No space left on device"), (pod.State, pod.Reason));
    }

    [Fact]
    public void When_the_sleeper_is_there_the_pull_container_speaks_for_itself()
    {
        var installed = Status("sleeper", ended: new WatchedPod.Terminated(0)) with { ImageID = $"{OwnImage}@sha256:aa" };
        var failed = ClusterFacts.Pod(PodOf(installed, Status("pull", waiting: new WatchedPod.Waiting("ErrImagePull", "not found"))));
        var running = ClusterFacts.Pod(PodOf(
            installed, Status("pull") with { ImageID = "lab@sha256:bb", State = new WatchedPod.ContainerState(Running: new WatchedPod.Running()) }));

        Assert.Equal((PullPodState.PullFailed, "ErrImagePull: not found"), (failed.State, failed.Reason));
        Assert.Equal((PullPodState.Pulled, "sha256:bb"), (running.State, running.Digest));
    }

    private static WatchedPod PodOf(WatchedPod.ContainerStatus sleeper, WatchedPod.ContainerStatus pull) => new(
        new WatchedMeta("lab-x"),
        new WatchedPod.PodSpec("n1", [new WatchedContainer("sleeper", OwnImage)]),
        new WatchedPod.PodStatus("Pending", ContainerStatuses: [pull], InitContainerStatuses: [sleeper]));

    private static WatchedPod.ContainerStatus Status(
        string name, WatchedPod.Waiting? waiting = null, WatchedPod.Terminated? ended = null, WatchedPod.Terminated? last = null) => new(
        name, State: new WatchedPod.ContainerState(waiting, Terminated: ended), LastState: last is null ? null : new WatchedPod.ContainerState(Terminated: last));
}
