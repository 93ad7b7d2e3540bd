using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using k8s;
using k8s.Models;
using Xunit;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>The real cluster that <c>./test</c> has brought up, or the one that its user has named.</summary>
public sealed class RealClusterUnderTest : ClusterUnderTest
{
    private static readonly string? OurDirectory = Environment.GetEnvironmentVariable("CACHEMACHINE_TEST_CLUSTER_DIR");

    private readonly TcpListener _silent = new(IPAddress.Loopback, 0);
    private IReadOnlyList<V1Node> _nodes = [];

    private RealClusterUnderTest()
    {
    }

    /// <inheritdoc/>
    public override string Kubeconfig { get; } =
        Environment.GetEnvironmentVariable("CACHEMACHINE_TEST_KUBECONFIG_CACHEMACHINE") ?? Variable("CACHEMACHINE_TEST_KUBECONFIG");

    /// <inheritdoc/>
    public override string Registry { get; } = Variable("CACHEMACHINE_TEST_REGISTRY");

    /// <inheritdoc/>
    public override IReadOnlyList<string> Nodes => [.. _nodes.Where(IsFree).Select(node => node.Metadata.Name!).Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public override int AllNodes => _nodes.Count;

    /// <inheritdoc/>
    public override Task<string> PushAsync(string repository, string tag, bool shell = true) => OurDirectory is null
        ? PushedImage.PushAsync(Registry, shell ? "conformance/shell" : "conformance/noshell", repository, tag)
        : CommandAsync(["push", repository, tag, .. shell ? Array.Empty<string>() : ["--no-shell"]]);

    /// <inheritdoc/>
    public override string SlowImage(string repository = "slow/image")
    {
        // A registry that takes connections and never says a word, on the loopback interface, which is that of the nodes too.
        NeedsOurs("its nodes have another loopback interface than the tests, where a registry that never answers is");
        _silent.Start();
        return $"{_silent.LocalEndpoint}/{repository}:1";
    }

    /// <summary>Connections that were never accepted are reset.</summary>
    public override void EndSlowImage() => _silent.Stop();

    /// <summary>The one that the environment names, with its nodes as they are now.</summary>
    public static async Task<RealClusterUnderTest> GivenAsync()
    {
        var cluster = new RealClusterUnderTest();
        cluster._nodes = [.. (await cluster.Client.CoreV1.ListNodeAsync()).Items];
        return cluster;
    }

    /// <summary>Skips the test unless the cluster is one of <c>tests/cluster</c>.</summary>
    /// <param name="why">What another cannot do.</param>
    public static void NeedsOurs(string why) =>
        Skip.If(OurDirectory is null, $"CACHEMACHINE_TEST_CLUSTER_DIR is not set, so the cluster is not one of tests/cluster: {why}");

    /// <summary>Runs a command of <c>tests/cluster/cluster</c>; returns the last line that it prints.</summary>
    public static async Task<string> CommandAsync(params string[] arguments) => (await OutputAsync(arguments)).TrimEnd().Split('\n')[^1];

    /// <summary>Runs a command of <c>tests/cluster/cluster</c>; returns all that it prints.</summary>
    public static async Task<string> OutputAsync(params string[] arguments)
    {
        NeedsOurs($"it has no command '{arguments[0]}'");
        var start = new ProcessStartInfo(Script(), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"cluster {string.Join(' ', arguments)}: {await errors}");
    }

    /// <inheritdoc/>
    protected override ValueTask StopAsync()
    {
        _silent.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Variable(string name) =>
        Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set: run ./test, which brings a cluster up and sets it");

    /// <summary>The folder of the solution.</summary>
    internal static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "CacheMachine.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the tests do not run from within the repository");
        return folder;
    }

    private static bool IsFree(V1Node node) =>
        node.Spec?.Unschedulable is not true
        && node.Spec?.Taints?.Any(taint => taint.Effect is "NoSchedule" or "NoExecute") is not true
        && node.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) is true;

    private static string Script() => Path.Combine(Repository(), "tests", "cluster", "cluster");
}
