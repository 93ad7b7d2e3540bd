using System.Collections.Immutable;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.Specs;
using CacheMachine.Host.Kubernetes;
using k8s.Models;

namespace CacheMachine.Host.Tests.Kubernetes;

public sealed class PullDaemonSetTests
{
    private static readonly V1OwnerReference Owner = new() { ApiVersion = "apps/v1", Kind = "Deployment", Name = "cachemachine", Uid = "uid-1" };

    [Fact]
    public void A_plain_one_is_as_its_golden_file() => Expect("plain.json", PullDaemonSet.Build(Orders.Plain(), "cachemachine", null, null));

    [Fact]
    public void One_with_all_options_of_a_machine_is_as_its_golden_file() =>
        Expect("all-options.json", PullDaemonSet.Build(Orders.WithEverything, "cachemachine", Owner, "pull-secret"));

    [Fact]
    public void One_for_named_nodes_is_as_its_golden_file() =>
        Expect("named-nodes.json", PullDaemonSet.Build(Orders.Plain(nodes: ["n2", "n1"]), "cachemachine", Owner, "pull-secret"));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Its_pods_comply_with_the_restricted_pod_security_standard(bool everything)
    {
        // https://kubernetes.io/docs/concepts/security/pod-security-standards, control by control.
        var pod = PullDaemonSet.Build(everything ? Orders.WithEverything : Orders.Plain(), "ns", Owner, "secret").Spec!.Template.Spec;
        var container = Assert.Single(pod.Containers);
        var security = container.SecurityContext!;

        Assert.Null(pod.InitContainers);
        Assert.Null(pod.Volumes);
        Assert.Null(container.VolumeMounts);
        Assert.False(security.AllowPrivilegeEscalation);
        Assert.Equal(["ALL"], security.Capabilities!.Drop);
        Assert.True(security.ReadOnlyRootFilesystem);
        Assert.True(pod.SecurityContext!.RunAsNonRoot);
        Assert.Equal((1000L, 1000L), (pod.SecurityContext.RunAsUser, pod.SecurityContext.RunAsGroup));
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile!.Type);
        var json = ObjectJson.Write(pod);
        foreach (var forbidden in new[] { "hostNetwork", "hostPID", "hostIPC", "hostPath", "hostPort", "privileged", "procMount", "sysctls", "\"add\"" })
            Assert.DoesNotContain(forbidden, json, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_pods_have_no_token_and_end_at_once()
    {
        var pod = PullDaemonSet.Build(Orders.Plain(), "ns", null, null).Spec!.Template.Spec;
        Assert.False(pod.AutomountServiceAccountToken);
        Assert.Null(pod.ServiceAccountName);
        Assert.False(pod.EnableServiceLinks);
        Assert.Equal(0, pod.TerminationGracePeriodSeconds);
    }

    [Fact]
    public void Its_selector_selects_its_own_pods_and_no_others()
    {
        var daemonSet = PullDaemonSet.Build(Orders.Plain(), "ns", null, null);
        var selector = daemonSet.Spec!.Selector.MatchLabels!;
        Assert.All(selector, label => Assert.Equal(label.Value, daemonSet.Spec.Template.Metadata.Labels![label.Key]));
        Assert.Contains(Orders.Plain().Name, selector.Values);
    }

    [Fact]
    public void The_services_secret_comes_first_and_none_twice() =>
        Assert.Equal(
            ["pull-secret", "own-secret"],
            PullDaemonSet.Build(Orders.WithEverything, "ns", null, "pull-secret").Spec!.Template.Spec.ImagePullSecrets!.Select(secret => secret.Name));

    [Fact]
    public void The_longest_names_are_label_values()
    {
        var machine = new MachineSpec { Name = new string('m', 52) };
        var order = Orders.Plain() with { Name = PullNames.DaemonSet(machine.Name, "registry.example/a:1"), Machine = machine };
        Assert.All(PullDaemonSet.Build(order, "ns", null, null).Metadata.Labels!.Values, value => Assert.InRange(value.Length, 1, 63));
    }

    [Theory]
    [InlineData("99999999999999999999999999999999")]
    [InlineData("1x")]
    public void A_quantity_that_cannot_be_written_is_named(string quantity)
    {
        var resources = new PodResources(
            ImmutableSortedDictionary<string, string>.Empty.Add("cpu", quantity), ImmutableSortedDictionary<string, string>.Empty);
        var order = Orders.Plain() with { Machine = new MachineSpec { Name = "jupyter", PodResources = resources } };

        var error = Assert.Throws<FormatException>(() => PullDaemonSet.Build(order, "ns", null, null));

        Assert.StartsWith($"cpu = {quantity} is not a quantity that can be used: ", error.Message, StringComparison.Ordinal);
    }

    private static void Expect(string file, V1DaemonSet daemonSet) => ObjectJson.IsGolden(file, daemonSet);
}
