using CacheMachine.Kubernetes.Resources;

namespace CacheMachine.Kubernetes.Tests.Resources;

/// <summary>A pull DaemonSet that uses every part of the models that is written.</summary>
internal static class GoldenDaemonSet
{
    public static DaemonSet Build()
    {
        var labels = new Dictionary<string, string> { ["cachemachine"] = "pull", ["app"] = "jupyter" };
        var security = new SecurityContext(
            AllowPrivilegeEscalation: false, Capabilities: new Capabilities(Drop: ["ALL"]), ReadOnlyRootFilesystem: true);
        var tiny = new ResourceRequirements(
            new Dictionary<string, string> { ["cpu"] = "1m", ["memory"] = "8Mi" }, new Dictionary<string, string> { ["memory"] = "32Mi" });
        return new DaemonSet(
            new ObjectMeta(
                Name: "pull-jupyter-0a1b2c",
                Namespace: "cachemachine",
                Labels: labels,
                Annotations: new Dictionary<string, string> { ["cachemachine/image"] = "docker.io/lsstsqre/lab:w_1" },
                OwnerReferences: [new OwnerReference("apps/v1", "Deployment", "cachemachine", "u-1")]),
            new DaemonSetSpec(
                new LabelSelector(MatchLabels: labels),
                new PodTemplateSpec(
                    new ObjectMeta(Labels: labels),
                    new PodSpec(
                        Containers:
                        [
                            new Container(
                                "pull", "docker.io/lsstsqre/lab:w_1", Command: ["/bin/sh"], Args: ["-c", "exit 0"], ImagePullPolicy: "Always",
                                Resources: tiny, SecurityContext: security, VolumeMounts: [new VolumeMount("tmp", "/tmp")]),
                        ],
                        InitContainers: [new Container("first", "docker.io/lsstsqre/first:1", SecurityContext: security)],
                        Volumes: [new Volume("tmp", new EmptyDirVolumeSource()), new Volume("mem", new EmptyDirVolumeSource("Memory", "1Mi"))],
                        NodeSelector: new Dictionary<string, string> { ["k8s"] = "worker" },
                        Affinity: new Affinity(new NodeAffinity(new NodeSelector(
                        [
                            new NodeSelectorTerm(
                                MatchExpressions: [new SelectorRequirement("zone", "In", ["a", "b"])],
                                MatchFields: [new SelectorRequirement("metadata.name", "In", ["n1"])]),
                        ]))),
                        Tolerations: [new Toleration(Operator: "Exists"), new Toleration("k", "Equal", "v", "NoExecute", 30)],
                        PriorityClassName: "low",
                        ServiceAccountName: "nobody",
                        AutomountServiceAccountToken: false,
                        EnableServiceLinks: false,
                        SecurityContext: new PodSecurityContext(true, 1000, 1000, SeccompProfile: new SeccompProfile("RuntimeDefault")),
                        ImagePullSecrets: [new LocalObjectReference("pull-secret")],
                        TerminationGracePeriodSeconds: 0)),
                new DaemonSetUpdateStrategy("RollingUpdate", new RollingUpdateDaemonSet(new IntOrString("100%"), new IntOrString("0"))),
                RevisionHistoryLimit: 0));
    }
}
