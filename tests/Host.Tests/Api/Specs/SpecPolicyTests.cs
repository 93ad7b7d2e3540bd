using System.Text;
using CacheMachine.Host.Api;
using CacheMachine.Host.Api.Specs;
using static CacheMachine.Host.Tests.Api.Specs.SpecBodies;

namespace CacheMachine.Host.Tests.Api.Specs;

/// <summary>What a POST may ask for, by the operator's settings; each refusal names the field, the value and the setting.</summary>
public class SpecPolicyTests
{
    [Theory]
    [InlineData("priority_class", "\"system-node-critical\"", "priority_class", "allow.priority-classes")]
    [InlineData("image_pull_secrets", """["any-secret"]""", "image_pull_secrets[0]", "allow.image-pull-secrets")]
    [InlineData("image_pull_secrets", """[{"name": "any-secret"}]""", "image_pull_secrets[0].name", "allow.image-pull-secrets")]
    [InlineData("tolerations", """[{"key": "a"}, {"operator": "Exists"}]""", "tolerations[1].key", "allow.tolerate-everything")]
    [InlineData("tolerations", """[{"key": "", "operator": "Exists"}]""", "tolerations[0].key", "allow.tolerate-everything")]
    [InlineData("pod_resources", """{"requests": {"cpu": 64}}""", "pod_resources.requests.cpu", "must be at most 1 (allow.max-cpu)")]
    [InlineData("pod_resources", """{"limits": {"cpu": "1001m"}}""", "pod_resources.limits.cpu", "must be at most 1 (allow.max-cpu)")]
    [InlineData("pod_resources", """{"limits": {"memory": "1025Mi"}}""", "pod_resources.limits.memory", "most 1Gi (allow.max-memory)")]
    [InlineData(
        "pod_resources", """{"limits": {"ephemeral-storage": "11Gi"}}""", "pod_resources.limits.ephemeral-storage",
        "must be at most 10Gi (allow.max-ephemeral-storage)")]
    public void By_default_nobody_gets_what_only_the_operator_may_give(string field, string value, string path, string rule)
    {
        var fault = Assert.Single(Faults(With(field, value)));

        Assert.Equal(path, fault.Field);
        Assert.Contains(rule, fault.Rule, StringComparison.Ordinal);
        Assert.Empty(MachineSpecReader.Read(Encoding.UTF8.GetBytes(With(field, value))).Faults);
    }

    [Theory]
    [InlineData("priority_class", "\"low\"")]
    [InlineData("tolerations", """[{"key": "dedicated", "operator": "Exists"}]""")]
    [InlineData("pod_resources", """{"requests": {"cpu": "10m"}, "limits": {"cpu": 1, "memory": "1Gi", "ephemeral-storage": "10Gi"}}""")]
    [InlineData("repomen", """[{"type": "SimpleRepoMan", "images": [{"name": "a", "image_url": "registry.example/a:1"}]}]""")]
    public void By_default_the_rest_is_free(string field, string value) => Assert.Empty(Faults(With(field, value)));

    [Fact]
    public void What_every_pull_has_anyway_may_be_asked_for() => Assert.Empty(Faults(
        """{"name": "m", "labels": {}, "repomen": [], "priority_class": "system-cluster-critical", "image_pull_secrets": ["login"]}""",
        ("KUBERNETES__PULL_SECRET", "login"), ("PULL__PRIORITY_CLASS", "system-cluster-critical")));

    [Fact]
    public void The_operator_allows_more_by_name() => Assert.Empty(Faults(
        """
        {"name": "m", "labels": {}, "repomen": [], "priority_class": "system-node-critical", "image_pull_secrets": ["a", "b"],
         "tolerations": [{"operator": "Exists"}], "pod_resources": {"limits": {"cpu": 64, "memory": "2Gi"}}}
        """,
        ("ALLOW__PRIORITY_CLASSES", "low,system-node-critical"), ("ALLOW__IMAGE_PULL_SECRETS", "a,b"),
        ("ALLOW__TOLERATE_EVERYTHING", "true"), ("ALLOW__MAX_CPU", "64"), ("ALLOW__MAX_MEMORY", "2GiB")));

    [Theory]
    [InlineData("priority_class", "\"low\"", "ALLOW__PRIORITY_CLASSES", "high", "is not in allow.priority-classes")]
    [InlineData("tolerations", """[{"key": "gpu"}]""", "ALLOW__TOLERATIONS", "dedicated", "is not in allow.tolerations")]
    public void The_operator_allows_less(string field, string value, string setting, string allowed, string rule) =>
        Assert.Equal(rule, Assert.Single(Faults(With(field, value), (setting, allowed))).Rule);

    [Theory]
    [InlineData("registry.example/a", "registry.example", true)]
    [InlineData("Registry.Example/a", "registry.example", true)]
    [InlineData("registry.example:5000/a", "registry.example", false)]
    [InlineData("registry.example:5000/a", "registry.example:5000", true)]
    [InlineData("evilregistry.example/a", "*.registry.example", false)]
    [InlineData("a.registry.example/a", "*.registry.example", true)]
    [InlineData("registry.example.evil.org/a", "registry.example,*.registry.example", false)]
    [InlineData("busybox", "docker.io", true)]
    [InlineData("busybox", "registry.example", false)]
    public void Registries(string image, string allowed, bool right)
    {
        var faults = Faults(WithImage("image_url", $"\"{image}\""), ("ALLOW__REGISTRIES", allowed));

        Assert.Equal(right ? [] : ["repomen[0].images[0].image_url"], faults.Select(fault => fault.Field));
        Assert.All(faults, fault => Assert.Contains("allow.registries", fault.Rule, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"registry.example\"", "registry.example", true)]
    [InlineData("\"other.example\"", "registry.example", false)]
    [InlineData(null, "registry.hub.docker.com", true)]
    [InlineData(null, "registry.example", false)]
    public void Registries_of_repository_managers(string? registry, string allowed, bool right) =>
        Assert.Equal(
            right ? [] : ["repomen[0].registry_url"],
            Faults(WithRubin("registry_url", registry), ("ALLOW__REGISTRIES", allowed)).Select(fault => fault.Field));

    [Theory]
    [InlineData(3, 0, true)]
    [InlineData(2, 2, false)]
    public void Images_are_counted_over_all_repository_managers(int listed, int dailies, bool right)
    {
        var images = string.Join(',', Enumerable.Range(0, listed).Select(i => $$"""{"name": "{{i}}", "image_url": "x:{{i}}"}"""));
        var body = With("repomen", $$"""
            [{"type": "SimpleRepoMan", "images": [{{images}}]},
             {"type": "RubinRepoMan", "repo": "a/b", "num_releases": 0, "num_weeklies": 0, "num_dailies": {{dailies}}}]
            """);

        var faults = Faults(body, ("LIMITS__IMAGES_PER_MACHINE", "3"));

        Assert.Equal(right ? [] : ["ask for up to 4 images, and limits.images-per-machine is 3"], faults.Select(fault => fault.Rule));
    }

    [Fact]
    public void Faults_of_both_kinds_are_told_at_once() => Assert.Equal(
        ["name", "priority_class"],
        Faults("""{"name": "a b", "labels": {}, "repomen": [], "priority_class": "system-node-critical"}""").Select(fault => fault.Field));

    private static IReadOnlyList<Fault> Faults(string body, params (string Key, string Value)[] settings)
    {
        var startup = TestSettings.Load(settings);
        Assert.Empty(startup.Errors);
        var read = MachineSpecReader.Read(Encoding.UTF8.GetBytes(body), SpecPolicy.Of(startup.Settings!));
        Assert.Null(read.NotJson);
        return read.Faults;
    }
}
