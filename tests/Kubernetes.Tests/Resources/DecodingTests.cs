using System.Text.Json;
using CacheMachine.Kubernetes.Json;
using Xunit;

namespace CacheMachine.Kubernetes.Tests.Resources;

public class DecodingTests
{
    [Fact]
    public void A_node_as_a_real_server_writes_it_is_read()
    {
        const string json = """
            {"metadata":{"name":"n1","uid":"4b0c","resourceVersion":"501","creationTimestamp":"2024-03-01T10:00:00Z",
              "labels":{"kubernetes.io/os":"linux"},"managedFields":[{"manager":"kubelet","fieldsV1":{"f:status":{}}}]},
             "spec":{"unschedulable":true,"taints":[{"key":"node.kubernetes.io/unschedulable","effect":"NoSchedule","timeAdded":"2024-03-01T10:05:00Z"}]},
             "status":{"capacity":{"cpu":"2"},"conditions":[{"type":"Ready","status":"True","lastHeartbeatTime":"2024-03-01T10:06:00Z",
               "lastTransitionTime":"2024-03-01T10:01:00Z","reason":"KubeletReady","message":"kubelet is posting ready status"}],
              "nodeInfo":{"machineID":"m","bootID":"b-1","kubeletVersion":"v1.20.2","containerRuntimeVersion":"containerd://1.6.20"},
              "images":[{"names":["docker.io/x/y@sha256:aa","docker.io/x/y:t"],"sizeBytes":5000000000},{"sizeBytes":1}]}}
            """;

        var node = JsonSerializer.Deserialize(json, KubernetesJsonContext.Default.Node)!;

        Assert.Equal(("n1", "4b0c", "501"), (node.Metadata.Name, node.Metadata.Uid, node.Metadata.ResourceVersion));
        Assert.True(node.Spec!.Unschedulable);
        Assert.Equal("NoSchedule", node.Spec.Taints!.Single().Effect);
        Assert.Equal(new DateTimeOffset(2024, 3, 1, 10, 1, 0, TimeSpan.Zero), node.Status!.Conditions!.Single().LastTransitionTime);
        Assert.Equal("b-1", node.Status.NodeInfo!.BootID);
        Assert.Equal(5_000_000_000, node.Status.Images![0].SizeBytes);
        Assert.Null(node.Status.Images[1].Names);
    }

    [Fact]
    public void A_pull_pod_tells_what_its_containers_do()
    {
        const string json = """
            {"metadata":{"name":"p","namespace":"ns","uid":"u","ownerReferences":[{"apiVersion":"apps/v1","kind":"DaemonSet","name":"d","uid":"du","controller":true,"blockOwnerDeletion":true}]},
             "spec":{"nodeName":"n1","containers":[{"name":"pull","image":"x:t","resources":{}}]},
             "status":{"phase":"Running","containerStatuses":[{"name":"pull","image":"docker.io/x:t","imageID":"docker.io/x@sha256:aa","ready":false,"started":false,"restartCount":3,
               "state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off"}},
               "lastState":{"terminated":{"exitCode":128,"reason":"StartError","startedAt":"1970-01-01T00:00:00Z","finishedAt":"2024-03-01T10:00:00Z"}}}]}}
            """;

        var pod = JsonSerializer.Deserialize(json, KubernetesJsonContext.Default.Pod)!;

        var status = pod.Status!.ContainerStatuses!.Single();
        Assert.Equal("docker.io/x@sha256:aa", status.ImageID);
        Assert.Equal("CrashLoopBackOff", status.State!.Waiting!.Reason);
        Assert.Equal(128, status.LastState!.Terminated!.ExitCode);
        Assert.Equal("n1", pod.TargetNode());
        Assert.True(pod.Metadata.OwnerReferences!.Single().Controller);
    }

    [Theory]
    [InlineData("""{"matchFields":[{"key":"metadata.name","operator":"In","values":["n7"]}]}""", "n7")]
    [InlineData("""{"matchExpressions":[{"key":"metadata.name","operator":"In","values":["n7"]}]}""", null)]
    [InlineData("""{"matchFields":[{"key":"metadata.name","operator":"NotIn","values":["n7"]}]}""", null)]
    [InlineData("""{"matchFields":null}""", null)]
    public void A_pending_daemon_set_pod_says_which_node_it_is_meant_for(string term, string? expected)
    {
        var json = """
            {"metadata":{"name":"p"},"spec":{"containers":[],"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":
            {"nodeSelectorTerms":[TERM]}}}},"status":{"phase":"Pending"}}
            """.Replace("TERM", term, StringComparison.Ordinal);

        Assert.Equal(expected, JsonSerializer.Deserialize(json, KubernetesJsonContext.Default.Pod)!.TargetNode());
    }

    [Fact]
    public void A_daemon_set_with_the_servers_defaults_is_read()
    {
        const string json = """
            {"metadata":{"name":"d","generation":2},"spec":{"selector":{"matchLabels":{"a":"b"}},
             "template":{"metadata":{"creationTimestamp":null,"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"x"}],"restartPolicy":"Always","dnsPolicy":"ClusterFirst"}},
             "updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":1,"maxSurge":0}},"revisionHistoryLimit":10},
             "status":{"currentNumberScheduled":1,"numberMisscheduled":0,"desiredNumberScheduled":2,"numberReady":1,"observedGeneration":2}}
            """;

        var set = JsonSerializer.Deserialize(json, KubernetesJsonContext.Default.DaemonSet)!;

        Assert.Equal("1", set.Spec!.UpdateStrategy!.RollingUpdate!.MaxUnavailable!.Text);
        Assert.Equal(2, set.Status!.DesiredNumberScheduled);
        Assert.Null(set.Spec.Template.Metadata.CreationTimestamp);
    }
}
