using System.Collections.Immutable;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.Specs;
using CacheMachine.Host.Kubernetes;
using k8s.Models;

namespace CacheMachine.Host.Tests.Kubernetes;

public class PullDaemonSetSleeperTests
{
    private static readonly V1OwnerReference Owner = new() { ApiVersion = "apps/v1", Kind = "Deployment", Name = "cachemachine", Uid = "u-1" };

    private static readonly MachineSpec Machine = new()
    {
        Name = "lab",
        Labels = ImmutableSortedDictionary<string, string>.Empty.Add("k8s", "worker"),
    };

    [Fact]
    public void With_a_sleeper_the_DaemonSet_is_the_golden_one() => ObjectJson.IsGolden(
        "sleeper.json", Build(Machine, new SleeperImage("registry.example.org/cachemachine:2.0.0", ["own-secret", "pull-secret"])));

    [Fact]
    public void Without_a_sleeper_there_is_no_trace_of_one()
    {
        var pod = Build(Machine, null).Spec!.Template.Spec;

        Assert.Null(pod.InitContainers);
        Assert.Null(pod.Volumes);
        Assert.Null(Assert.Single(pod.Containers).VolumeMounts);
        Assert.Equal("/bin/sh", pod.Containers[0].Command![0]);
    }

    [Fact]
    public void Every_container_has_the_resources_that_the_machine_asks_for()
    {
        var resources = new PodResources(
            ImmutableSortedDictionary<string, string>.Empty.Add("cpu", "10m"), ImmutableSortedDictionary<string, string>.Empty.Add("memory", "64Mi"));

        var pod = Build(Machine with { PodResources = resources }, new SleeperImage("x:1", [])).Spec!.Template.Spec;

        Assert.All(pod.InitContainers!.Concat(pod.Containers), container =>
        {
            Assert.Equal("10m", container.Resources!.Requests!["cpu"].ToString());
            Assert.Equal("64Mi", container.Resources.Limits!["memory"].ToString());
        });
    }

    private static V1DaemonSet Build(MachineSpec machine, SleeperImage? sleeper) => PullDaemonSet.Build(
        new PullOrder("lab-0a1b2c3d4e", "lsstsqre/sciplat-lab:w_2021_22", "IfNotPresent", PullTargets.Everywhere, machine),
        "cachemachine", Owner, "pull-secret", sleeper);
}
