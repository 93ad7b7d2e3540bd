using System.Text.Json.Nodes;

namespace CacheMachine.Simulator.Tests.Conformance;

/// <summary>What a pod's status and the node say while an image is pulled, when it is there, and when it cannot be.</summary>
public abstract class PullConformance(ConformanceTarget target)
{
    private readonly string _name = "p" + Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task A_pulled_image_runs_and_has_its_digest_as_imageID()
    {
        var digest = await Digest("shell", "1");
        await Create(target.Image("shell:1"));

        var pod = await Pod("runs", pod => pod.Container()["state"]!["running"] is not null);

        var status = pod.Container();
        Assert.Equal("Running", pod["status"]!.String("phase"));
        Assert.Equal($"{target.Registry}/conformance/shell@{digest}", status.String("imageID"));
        Assert.Equal(target.Image("shell:1"), status.String("image"));
        Assert.StartsWith("containerd://", status.String("containerID"), StringComparison.Ordinal);
        Assert.True(status["started"]!.GetValue<bool>());
        Assert.True(status["ready"]!.GetValue<bool>());
        Assert.Equal(0, status["restartCount"]!.GetValue<int>());
        Assert.NotEqual("", status["state"]!["running"]!.String("startedAt"));
        target.AssertWords(
            "ContainersReady:True Initialized:True PodScheduled:True Ready:True",
            "ContainersReady:True Initialized:True PodReadyToStartContainers:True PodScheduled:True Ready:True",
            string.Join(' ', pod["status"]!["conditions"]!.AsArray().Select(c => $"{c!.String("type")}:{c!.String("status")}").Order()));
    }

    [Fact]
    public async Task The_first_status_of_a_pod_is_ContainerCreating_without_an_imageID()
    {
        var list = await target.Api.Get(target.Pods);
        using var watch = await WatchReader.Open(
            target.Api, $"{target.Pods}?watch=true&labelSelector=app%3D{_name}&resourceVersion={list.Version()}");
        await Create(target.Image("shell:1"));

        JsonNode? first = null;
        while (first is null && await watch.Next() is { } frame)
            first = frame.Object["status"]?["containerStatuses"] is null ? null : frame.Object;

        Assert.NotNull(first);
        Assert.Equal("ContainerCreating", first.Waiting());
        Assert.Equal("", first!.Container().String("imageID"));
        Assert.Equal(target.Image("shell:1"), first.Container().String("image"));
        Assert.False(first.Container()["started"]!.GetValue<bool>());
        Assert.Equal("Pending", first["status"]!.String("phase"));
        var ready = first["status"]!["conditions"]!.AsArray().Single(c => c!.String("type") == "Ready")!;
        Assert.Equal(("False", "ContainersNotReady"), (ready.String("status"), ready.String("reason")));
        Assert.Equal("containers with unready status: [pull]", ready.String("message"));
    }

    [Fact]
    public async Task An_image_without_a_shell_is_there_though_it_cannot_start()
    {
        var digest = await Digest("noshell", "1");
        await Create(target.Image("noshell:1"));

        var first = await Pod("could not be started", pod => pod.Waiting() is "RunContainerError" or "CrashLoopBackOff");
        var looping = await Pod("is in a crash loop", pod => pod.Waiting() == "CrashLoopBackOff");

        Assert.All(new[] { first, looping }, pod =>
        {
            Assert.Equal($"{target.Registry}/conformance/noshell@{digest}", pod.Container().String("imageID"));
            Assert.False(pod.Container()["ready"]!.GetValue<bool>());
        });
        var last = looping.Container()["lastState"]!["terminated"]!;
        Assert.Equal((128, "StartError"), (last["exitCode"]!.GetValue<int>(), last.String("reason")));
        Assert.Contains("/bin/sh", last.String("message"), StringComparison.Ordinal);
        Assert.Contains("restarting failed container=pull", looping.Container()["state"]!["waiting"]!.String("message"), StringComparison.Ordinal);
        Assert.Equal("Running", looping["status"]!.String("phase"));
    }

    [Fact]
    public async Task An_image_that_does_not_exist_is_ErrImagePull_and_then_ImagePullBackOff()
    {
        var image = target.Image("nothing:1");
        await Create(image);

        var failed = await Pod("could not be pulled", pod => pod.Waiting() == "ErrImagePull");
        var waiting = await Pod("backs off", pod => pod.Waiting() == "ImagePullBackOff");

        var (why, again) = (failed.Container()["state"]!["waiting"]!.String("message"), waiting.Container()["state"]!["waiting"]!.String("message"));
        string NotFound(string resolve) =>
            $"rpc error: code = NotFound desc = failed to pull and unpack image \"{image}\": failed to resolve {resolve}: {image}: not found";
        target.AssertWords(NotFound($"reference \"{image}\""), NotFound("image"), why);
        target.AssertWords($"Back-off pulling image \"{image}\"", $"Back-off pulling image \"{image}\": ErrImagePull: {why}", again);
        Assert.Equal("", waiting.Container().String("imageID"));
        Assert.Equal(image, waiting.Container().String("image"));
        Assert.Equal("Pending", waiting["status"]!.String("phase"));
    }

    [Fact]
    public async Task A_name_that_is_none_is_InvalidImageName()
    {
        var image = $"{target.Registry}/conformance/Upper:1";
        await Create(image);

        var pod = await Pod("is refused", pod => pod.Waiting() == "InvalidImageName");

        string Refusal(string what, string repository) =>
            $"Failed to apply default image tag \"{image}\": couldn't parse image {what} \"{image}\": " +
            $"invalid reference format: repository name{repository} must be lowercase";
        target.AssertWords(Refusal("reference", ""), Refusal("name", " (conformance/Upper)"), pod.Container()["state"]!["waiting"]!.String("message"));
    }

    [Fact]
    public async Task With_the_policy_Never_a_missing_image_is_ErrImageNeverPull()
    {
        var image = target.Image("never:1");
        await Create(image, "Never");

        var pod = await Pod("is refused", pod => pod.Waiting() == "ErrImageNeverPull");

        Assert.Equal(
            $"Container image \"{image}\" is not present with pull policy of Never", pod.Container()["state"]!["waiting"]!.String("message"));
    }

    [Fact]
    public async Task An_image_can_be_pulled_by_its_digest()
    {
        var digest = await Digest("shell", "1");
        await Create($"{target.Registry}/conformance/shell@{digest}");

        var pod = await Pod("runs", pod => pod.Container()["state"]!["running"] is not null);

        Assert.Equal($"{target.Registry}/conformance/shell@{digest}", pod.Container().String("imageID"));
    }

    [Fact]
    public async Task Init_containers_run_first_and_end()
    {
        await Create(target.Image("shell:1"), podSpec: spec => spec["initContainers"] = new JsonArray(new JsonObject
        {
            ["name"] = "first",
            ["image"] = target.Image("shell:1"),
            ["command"] = new JsonArray("/bin/sh", "-c", "exit 0"),
        }));

        var pod = await Pod("runs", pod => pod.Container()["state"]!["running"] is not null);

        var init = pod["status"]!["initContainerStatuses"]![0]!;
        Assert.Equal((0, "Completed"), (init["state"]!["terminated"]!["exitCode"]!.GetValue<int>(), init["state"]!["terminated"]!.String("reason")));
        Assert.True(init["ready"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_node_reports_an_image_by_digest_and_by_tag_with_its_size()
    {
        var digest = await Digest("shell", "1");
        await Create(target.Image("shell:1"));

        var names = await Wait.For(
            "the nodes report the image",
            async () =>
            {
                var nodes = (await target.Api.Get("/api/v1/nodes")).Items().Where(node => target.Nodes.Contains(node.Name()));
                var reports = nodes.Select(node => node["status"]!["images"]?.AsArray()
                    .FirstOrDefault(image => image!["names"]!.AsArray().Any(name => name!.GetValue<string>() == target.Image("shell:1")))).ToList();
                return reports.All(report => report is not null) ? reports : null;
            },
            target.ReportWithin);

        Assert.All(names, image =>
        {
            Assert.Equal(
                [$"{target.Registry}/conformance/shell@{digest}", target.Image("shell:1")],
                image!["names"]!.AsArray().Select(name => name!.GetValue<string>()).Take(2));
            Assert.True(image["sizeBytes"]!.GetValue<long>() > 0);
        });
    }

    [Fact]
    public async Task A_pod_with_a_grace_period_is_marked_and_then_goes()
    {
        await Create(target.Image("shell:1"), podSpec: spec => spec["terminationGracePeriodSeconds"] = 2);
        var pod = await Pod("runs", pod => pod.Container()["state"]!["running"] is not null);

        var marked = await target.Api.Ok("DELETE", $"{target.Pods}/{pod.Name()}");

        Assert.Equal(pod.Uid(), marked.Uid());
        Assert.Equal(2, marked["metadata"]!["deletionGracePeriodSeconds"]!.GetValue<int>());
        Assert.NotEqual("", marked["metadata"]!.String("deletionTimestamp"));
        await Wait.Until("the pod is gone", async () =>
            (await target.Api.Send("GET", $"{target.Pods}/{pod.Name()}")).Code == System.Net.HttpStatusCode.NotFound);
    }

    private async Task<string> Digest(string image, string tag)
    {
        using var registry = new HttpClient { BaseAddress = new Uri($"http://{target.Registry}") };
        using var request = new HttpRequestMessage(HttpMethod.Head, $"/v2/conformance/{image}/manifests/{tag}");
        request.Headers.Add("Accept", string.Join(", ",
            "application/vnd.oci.image.index.v1+json",
            "application/vnd.docker.distribution.manifest.list.v2+json",
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.v2+json"));
        using var response = await registry.SendAsync(request);
        return response.EnsureSuccessStatusCode().Headers.GetValues("Docker-Content-Digest").Single();
    }

    private Task<JsonNode> Create(string image, string? policy = null, Action<JsonObject>? podSpec = null) =>
        target.Api.Ok("POST", target.DaemonSets, Objects.DaemonSet(_name, image, policy, podSpec));

    private Task<JsonNode> Pod(string what, Func<JsonNode, bool> condition) => Wait.For(
        $"a pod that {what}",
        async () => (await target.Api.Get($"{target.Pods}?labelSelector=app%3D{_name}")).Items()
            .FirstOrDefault(pod => pod["status"]!["containerStatuses"] is not null && condition(pod)),
        TimeSpan.FromSeconds(60));
}
