using CacheMachine.Actors.Images;
using CacheMachine.Actors.Nodes;
using CacheMachine.Host.Kubernetes;
using CacheMachine.Host.Kubernetes.Watching;

namespace CacheMachine.Host.Tests.Kubernetes;

/// <summary>Objects as a Kubernetes 1.20 with containerd writes them, shortened.</summary>
public sealed class ClusterFactsTests
{
    private const string Digest = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
    private const string ImageId = "registry.example:5000/lab@" + Digest;

    [Theory]
    [InlineData("""{"waiting":{"reason":"ContainerCreating"}}""", "", PullPodState.Pulling, null)]
    [InlineData("""{"waiting":{"reason":"PodInitializing"}}""", "", PullPodState.Pulling, null)]
    [InlineData("""{"running":{"startedAt":"2030-01-01T00:00:09Z"}}""", ImageId, PullPodState.Pulled, null)]
    [InlineData("""{"terminated":{"exitCode":1,"reason":"Error"}}""", ImageId, PullPodState.Pulled, null)]
    [InlineData("""{"waiting":{"reason":"RunContainerError","message":"exec: \"/bin/sh\": no such file"}}""", ImageId, PullPodState.Pulled, null)]
    [InlineData("""{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 10s"}}""", ImageId, PullPodState.Pulled, null)]
    [InlineData("""{"waiting":{"reason":"CreateContainerError","message":"no command"}}""", ImageId, PullPodState.Pulled, null)]
    [InlineData("""{"waiting":{"reason":"CreateContainerError","message":"no command"}}""", "", PullPodState.Pulling, "CreateContainerError: no command")]
    [InlineData("""{"waiting":{"reason":"ErrImagePull","message":"rpc error: manifest unknown"}}""", "", PullPodState.PullFailed, "ErrImagePull: rpc error: manifest unknown")]
    [InlineData("""{"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling image"}}""", "", PullPodState.PullFailed, "ImagePullBackOff: Back-off pulling image")]
    [InlineData("""{"waiting":{"reason":"InvalidImageName"}}""", "", PullPodState.PullFailed, "InvalidImageName")]
    [InlineData("""{"waiting":{"reason":"ErrImageNeverPull","message":"not present"}}""", "", PullPodState.PullFailed, "ErrImageNeverPull: not present")]
    [InlineData("""{"waiting":{"reason":"ImageInspectError"}}""", "", PullPodState.PullFailed, "ImageInspectError")]
    [InlineData("""{"waiting":{"reason":"RegistryUnavailable"}}""", "", PullPodState.PullFailed, "RegistryUnavailable")]
    [InlineData("""{}""", "", PullPodState.Pulling, null)]
    // A pod that pulled, ended and is told to pull once more: what is there is not taken for the new pull.
    [InlineData("""{"waiting":{"reason":"ImagePullBackOff","message":"Back-off"}}""", ImageId, PullPodState.PullFailed, "ImagePullBackOff: Back-off")]
    public void Each_state_of_a_container_has_its_meaning(string state, string imageId, PullPodState expected, string? reason)
    {
        var pod = ClusterFacts.Pod(Pod($$$$$"""{"phase":"Pending","containerStatuses":[{"name":"pull","imageID":"{{{{{imageId}}}}}","state":{{{{{state}}}}}}]}"""));

        Assert.Equal((expected, reason), (pod.State, pod.Reason));
        Assert.Equal(expected == PullPodState.Pulled ? Digest : null, pod.Digest);
    }

    [Theory]
    [InlineData("registry.example:5000/lab@" + Digest, Digest)]
    [InlineData("docker-pullable://registry.example:5000/lab@" + Digest, Digest)]
    [InlineData(Digest, null)]
    [InlineData("docker://" + Digest, null)]
    public void The_manifest_digest_is_what_follows_the_repository(string imageId, string? digest) =>
        Assert.Equal(digest, ClusterFacts.Pod(Pod($$$$$"""{"containerStatuses":[{"name":"pull","imageID":"{{{{{imageId}}}}}","state":{"running":{}}}]}""")).Digest);

    [Fact]
    public void A_pod_that_no_node_takes_says_why()
    {
        var pod = ClusterFacts.Pod(Pod("""
            {"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/2 nodes are available: 1 Too many pods"}]}
            """));
        Assert.Equal((PullPodState.Unschedulable, "0/2 nodes are available: 1 Too many pods"), (pod.State, pod.Reason));
    }

    [Fact]
    public void An_evicted_pod_has_failed() =>
        Assert.Equal(
            (PullPodState.PullFailed, "pod failed: Evicted: The node was low on resource: ephemeral-storage."),
            Told("""{"phase":"Failed","reason":"Evicted","message":"The node was low on resource: ephemeral-storage."}"""));

    [Fact]
    public void A_pod_that_kubelet_has_not_seen_is_pulling() => Assert.Equal((PullPodState.Pulling, null), Told("""{"phase":"Pending"}"""));

    [Fact]
    public void A_restarting_container_has_its_image() =>
        Assert.Equal((PullPodState.Pulled, null), Told($$$$$"""
            {"containerStatuses":[{"name":"pull","imageID":"{{{{{ImageId}}}}}","state":{"waiting":{"reason":"ContainerCreating"}},"lastState":{"terminated":{"exitCode":128}}}]}
            """));

    [Fact]
    public void Containers_that_others_put_into_the_pod_say_nothing() =>
        Assert.Equal((PullPodState.Pulling, null), Told($$$$$"""{"containerStatuses":[{"name":"sidecar","imageID":"{{{{{ImageId}}}}}","state":{"running":{}}}]}"""));

    [Fact]
    public void A_pod_says_its_pull_its_time_and_its_node_before_it_is_scheduled_too()
    {
        var pod = ClusterFacts.Pod(Pod("{}"));
        Assert.Equal(("p1", "m-1", "n1"), (pod.Name, pod.Pull, pod.Node));
        Assert.Equal(new DateTimeOffset(2030, 1, 1, 0, 0, 5, TimeSpan.Zero), pod.CreatedAt);
    }

    [Fact]
    public void A_node_is_read_with_all_that_counts()
    {
        var node = ClusterFacts.Node(ObjectJson.Read<WatchedNode>($$$$$"""
            {"metadata":{"name":"n1","uid":"u1","creationTimestamp":"2030-01-01T00:00:00Z","labels":{"zone":"a"}},
             "spec":{"unschedulable":true,"taints":[{"key":"node.kubernetes.io/unschedulable","effect":"NoSchedule","timeAdded":"2030-01-01T00:00:00Z"},{"key":"gpu","value":"yes","effect":"NoExecute"}]},
             "status":{"conditions":[{"type":"DiskPressure","status":"True"},{"type":"Ready","status":"True","lastTransitionTime":"2030-01-01T00:01:00Z"}],
                       "nodeInfo":{"bootID":"b1","kubeletVersion":"v1.20.2"},
                       "images":[{"names":["{{{{{ImageId}}}}}","registry.example:5000/lab:w_1"],"sizeBytes":4000},{"sizeBytes":5}]}}
            """));

        Assert.Equal(("n1", "u1", "b1", true, true), (node.Name, node.Uid, node.BootId, node.Ready, node.Unschedulable));
        Assert.Equal(new DateTimeOffset(2030, 1, 1, 0, 1, 0, TimeSpan.Zero), node.ReadySince);
        Assert.Equal("a", node.Labels["zone"]);
        Assert.Equal([new Taint("node.kubernetes.io/unschedulable", "", "NoSchedule"), new Taint("gpu", "yes", "NoExecute")], node.Taints.AsEnumerable());
        Assert.True(node.Images.Has(ImageReference.Parse("registry.example:5000/lab:w_1"), Digest));
        Assert.Equal(2, node.Images.Count);
    }

    [Theory]
    [InlineData("""{"conditions":[{"type":"Ready","status":"False"}]}""")]
    [InlineData("""{"conditions":[{"type":"Ready","status":"Unknown"}]}""")]
    [InlineData("""{"conditions":[]}""")]
    [InlineData("null")]
    public void A_node_that_does_not_say_that_it_is_ready_is_not(string status)
    {
        var node = ClusterFacts.Node(ObjectJson.Read<WatchedNode>($$$$$"""{"metadata":{"name":"n1"},"status":{{{{{status}}}}}}"""));
        Assert.False(node.Ready);
        Assert.Equal(("", 0), (node.BootId, node.Images.Count));
    }

    [Fact]
    public void A_DaemonSet_of_ours_is_known_again()
    {
        var built = PullDaemonSet.Build(Orders.Plain(), "ns", null, null);
        Assert.Equal(
            new PullObject("jupyter-0123456789", "", "jupyter", "registry.example:5000/lab:w_1"),
            ClusterFacts.Pull(ObjectJson.Read<WatchedDaemonSet>(ObjectJson.Write(built))));
        Assert.Equal("registry.example:5000/lab:w_1", ClusterFacts.ImageOf(built));
    }

    private static (PullPodState, string?) Told(string status)
    {
        var pod = ClusterFacts.Pod(Pod(status));
        return (pod.State, pod.Reason);
    }

    private static WatchedPod Pod(string status) => ObjectJson.Read<WatchedPod>($$$$$"""
        {"metadata":{"name":"p1","creationTimestamp":"2030-01-01T00:00:05Z","labels":{"cachemachine":"pull","app.kubernetes.io/instance":"m-1"}},
         "spec":{"containers":[],"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[
            {"matchFields":[{"key":"metadata.name","operator":"In","values":["n1"]}]}]}}}},
         "status":{{{{{status}}}}}}
        """);
}
