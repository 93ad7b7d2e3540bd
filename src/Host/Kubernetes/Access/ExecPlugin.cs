using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.KubeConfigModels;

namespace CacheMachine.Host.Kubernetes.Access;

/// <summary>
/// Runs a credential plugin (kubernetes.io, "client-go credential plugins"): the request in KUBERNETES_EXEC_INFO, the answer on standard output,
/// words for people on standard error. KubernetesClient's own runner blocks, leaves a plugin that hangs running, joins arguments with spaces,
/// and does not look at the exit code.
/// </summary>
internal sealed class ExecPlugin
{
    private const int MaxOutput = 1 << 20;
    private const int MaxErrorText = 400;

    private static readonly string[] Supported = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

    private readonly ExternalExecution _exec;
    private readonly string _command;
    private readonly Dictionary<string, string> _variables;
    private readonly AccessTimes _times;
    private readonly Func<JsonObject> _cluster;

    /// <summary>Does not run it yet.</summary>
    /// <param name="what">Names the entry in errors.</param>
    /// <param name="exec">As in the kubeconfig.</param>
    /// <param name="folder">Where a command that is a relative path starts from.</param>
    /// <param name="times">How long it may take.</param>
    /// <param name="cluster">Told to plugins that ask for it.</param>
    /// <exception cref="KubernetesConfigException">A field is missing or faulty.</exception>
    public ExecPlugin(string what, ExternalExecution exec, string folder, AccessTimes times, Func<JsonObject> cluster)
    {
        (What, _exec, _times, _cluster) = (what, exec, times, cluster);
        if (!Supported.Contains(exec.ApiVersion))
            throw new KubernetesConfigException($"{what}, apiVersion: '{exec.ApiVersion}' is not supported; supported are {string.Join(" and ", Supported)}");
        if (string.IsNullOrEmpty(exec.Command))
            throw new KubernetesConfigException($"{what}, command: missing");
        // As in client-go: a path with a separator is relative to the file, a bare name is looked up in PATH.
        _command = exec.Command.Contains('/', StringComparison.Ordinal) ? Path.GetFullPath(exec.Command, folder) : exec.Command;
        _variables = (exec.EnvironmentVariables ?? []).ToDictionary(
            variable => variable.GetValueOrDefault("name") ?? throw new KubernetesConfigException($"{what}, env: an entry has no name"),
            variable => variable.GetValueOrDefault("value") ?? "");
    }

    /// <summary>The entry, for errors.</summary>
    public string What { get; }

    /// <summary>One run.</summary>
    /// <exception cref="KubernetesConfigException">It cannot be started, fails, takes too long, or answers nonsense.</exception>
    public async Task<ExecCredentialResponse.ExecStatus> RunAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_times.Exec, _times.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using var process = Start();
        try
        {
            process.StandardInput.Close();
            var output = ReadAsync(process.StandardOutput, both.Token);
            var errors = ReadAsync(process.StandardError, both.Token);
            await Task.WhenAll(output, errors, process.WaitForExitAsync(both.Token));
            return process.ExitCode == 0 ? Parse(await output) : throw Fault($"exited with code {process.ExitCode}{Quote(await errors)}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Fault($"did not finish within {_times.Exec.TotalSeconds:0.###} s and was killed");
        }
        finally
        {
            Kill(process);
        }
    }

    /// <summary>What a plugin is told of the cluster.</summary>
    internal static JsonObject ClusterInfo(Uri server, KubeconfigCluster cluster, string? authorityPem) => new()
    {
        ["server"] = server.AbsoluteUri.TrimEnd('/'),
        ["tls-server-name"] = cluster.TlsServerName,
        ["insecure-skip-tls-verify"] = cluster.InsecureSkipTlsVerify,
        ["certificate-authority-data"] = authorityPem is null ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes(authorityPem)),
        ["proxy-url"] = cluster.ProxyUrl,
    };

    private Process Start()
    {
        var start = new ProcessStartInfo(_command, _exec.Arguments ?? [])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in _variables)
            start.Environment[name] = value;
        var spec = new JsonObject { ["interactive"] = false };
        if (_exec.ProvideClusterInfo)
            spec["cluster"] = _cluster();
        start.Environment["KUBERNETES_EXEC_INFO"] =
            new JsonObject { ["apiVersion"] = _exec.ApiVersion, ["kind"] = "ExecCredential", ["spec"] = spec }.ToJsonString();
        try
        {
            return Process.Start(start) ?? throw Fault("could not be started");
        }
        catch (Exception e) when (e is Win32Exception or FileNotFoundException)
        {
            var hint = string.IsNullOrEmpty(_exec.InstallHint) ? "" : $"; install hint: {_exec.InstallHint.Trim()}";
            throw new KubernetesConfigException($"{What}: command {_command}: could not be started: {e.Message}{hint}", e);
        }
    }

    private ExecCredentialResponse.ExecStatus Parse(string output)
    {
        ExecCredentialResponse? answer;
        try
        {
            answer = KubernetesJson.Deserialize<ExecCredentialResponse>(output);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            // Neither the output nor the parser's words: both may hold the token.
            throw Fault("its output is not JSON of an ExecCredential");
        }
        if (answer?.Kind != "ExecCredential")
            throw Fault($"its output is of kind '{answer?.Kind}', not ExecCredential");
        if (answer.ApiVersion != _exec.ApiVersion)
            throw Fault($"its output has apiVersion '{answer.ApiVersion}', but '{_exec.ApiVersion}' is configured");
        return answer.Status is { } status && status.IsValid() && status.ClientCertificateData is null == status.ClientKeyData is null
            ? status
            : throw Fault("its output has neither a token nor a client certificate with its key");
    }

    private async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer, cancellationToken) is var count and > 0)
        {
            if (text.Length + count > MaxOutput)
                throw Fault($"wrote more than {MaxOutput} characters");
            text.Append(buffer, 0, count);
        }
        return text.ToString();
    }

    // The end of what it said, without the values that the kubeconfig gave it.
    private string Quote(string errors)
    {
        var text = string.Join(' ', errors.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        foreach (var secret in _variables.Values.Concat(_exec.Arguments ?? []).Where(value => value.Length >= 8))
            text = text.Replace(secret, "***", StringComparison.Ordinal);
        return text.Length == 0 ? "" : ": " + (text.Length > MaxErrorText ? "..." + text[^MaxErrorText..] : text);
    }

    private static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It ended between the question and the kill: that is what was wanted.
        }
    }

    private KubernetesConfigException Fault(string problem) => new($"{What}: command {_command}: {problem}");
}
