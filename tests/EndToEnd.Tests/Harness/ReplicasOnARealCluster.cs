using System.Diagnostics;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>On the real cluster and PostgreSQL and in a namespace of their own.</summary>
public sealed class ReplicasOnARealCluster : ReplicasFixture
{
    private readonly string _namespace = "replicas-" + Guid.NewGuid().ToString("N")[..8];

    /// <inheritdoc/>
    public override string? WhyNot => Environment.GetEnvironmentVariable("CACHEMACHINE_TEST_CLUSTER_DIR") is null
        ? "CACHEMACHINE_TEST_CLUSTER_DIR is not set, so the cluster is not one of tests/cluster, and its API server cannot be stopped" : null;

    /// <inheritdoc/>
    public override TimeSpan StormTime { get; } = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public override TimeSpan Outage { get; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public override TimeSpan PollInterval { get; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override bool UsesPostgres => true;

    /// <inheritdoc/>
    public override Task StopApiServerAsync() => RealClusterUnderTest.CommandAsync("stop", "apiserver");

    /// <inheritdoc/>
    public override Task StartApiServerAsync() => RealClusterUnderTest.CommandAsync("start", "apiserver");

    /// <inheritdoc/>
    protected override async Task<ClusterUnderTest> StartClusterAsync() => await RealClusterUnderTest.GivenAsync();

    /// <inheritdoc/>
    protected override async Task<string> MakeNamespaceAsync()
    {
        // The same service account gets the same rights there, and no more.
        var access = await File.ReadAllTextAsync(Path.Combine(RealClusterUnderTest.Repository(), "tests", "cluster", "manifests", "access.yaml"));
        var documents = access.Split("---\n").Select(document => (Document: document, Kind: KindOf(document))).ToList();
        await KubectlAsync(string.Join("---\n", documents.Where(d => d.Kind is "Namespace" or "Role" or "RoleBinding").Select(d =>
            ReplaceFirst(d.Document, d.Kind is "Namespace" ? "  name: cachemachine" : "  namespace: cachemachine", _namespace))), "apply", "-f", "-");
        return _namespace;
    }

    /// <inheritdoc/>
    protected override Task RemoveNamespaceAsync() => KubectlAsync("", "delete", "namespace", _namespace, "--wait=false");

    private static string KindOf(string document) =>
        document.Split('\n').FirstOrDefault(line => line.StartsWith("kind: ", StringComparison.Ordinal))?["kind: ".Length..].Trim() ?? "";

    private static string ReplaceFirst(string text, string line, string name)
    {
        var at = text.IndexOf(line + "\n", StringComparison.Ordinal);
        return at < 0
            ? throw new InvalidOperationException($"access.yaml has no '{line}' where it is looked for")
            : string.Concat(text.AsSpan(0, at), line.AsSpan(0, line.IndexOf(": ", StringComparison.Ordinal) + 2), name, text.AsSpan(at + line.Length));
    }

    private static async Task KubectlAsync(string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("CACHEMACHINE_TEST_KUBECTL") ?? "kubectl",
            ["--kubeconfig", Environment.GetEnvironmentVariable("CACHEMACHINE_TEST_KUBECONFIG")!, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"kubectl {string.Join(' ', arguments)}: {await errors} {await output}");
    }
}
