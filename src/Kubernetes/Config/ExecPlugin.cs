using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using CacheMachine.Kubernetes.Json;

namespace CacheMachine.Kubernetes.Config;

/// <summary>
/// Runs a credential plugin (kubernetes.io, "client-go credential plugins"): the request in KUBERNETES_EXEC_INFO, the answer on
/// standard output, words for people on standard error.
/// </summary>
internal sealed class ExecPlugin(ExecPluginSpec spec, ConfigEnvironment environment)
{
    private const int MaxOutput = 1 << 20;
    private const int MaxErrorText = 400;

    public string What => spec.What;

    /// <summary>One run.</summary>
    /// <exception cref="KubernetesConfigException">It cannot be started, fails, takes too long, or answers nonsense.</exception>
    public async Task<ExecCredentialStatus> RunAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(environment.ExecTimeout, environment.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using var process = Start();
        try
        {
            process.StandardInput.Close();
            var output = ReadAsync(process.StandardOutput, both.Token);
            var errors = ReadAsync(process.StandardError, both.Token);
            await Task.WhenAll(output, errors, process.WaitForExitAsync(both.Token));
            return process.ExitCode == 0
                ? Parse(await output)
                : throw Fault($"exited with code {process.ExitCode}{Quote(await errors)}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Fault($"did not finish within {environment.ExecTimeout.TotalSeconds:0.###} s and was killed");
        }
        finally
        {
            Kill(process);
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(spec.Command, spec.Args)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in spec.Env)
            start.Environment[name] = value;
        var request = new ExecCredential(spec.ApiVersion, "ExecCredential", new ExecCredentialSpec(false, spec.Cluster?.Invoke()));
        start.Environment["KUBERNETES_EXEC_INFO"] = JsonSerializer.Serialize(request, KubernetesJsonContext.Default.ExecCredential);
        try
        {
            return Process.Start(start) ?? throw Fault("could not be started");
        }
        catch (Exception e) when (e is Win32Exception or FileNotFoundException)
        {
            var hint = spec.InstallHint is null ? "" : $"; install hint: {spec.InstallHint.Trim()}";
            throw new KubernetesConfigException($"{spec.What}: command {spec.Command}: could not be started: {e.Message}{hint}", e);
        }
    }

    private ExecCredentialStatus Parse(string output)
    {
        ExecCredential? answer;
        try
        {
            answer = JsonSerializer.Deserialize(output, KubernetesJsonContext.Default.ExecCredential);
        }
        catch (JsonException)
        {
            // Neither the output nor the parser's words: both may hold the token.
            throw Fault("its output is not JSON of an ExecCredential");
        }

        if (answer?.Kind != "ExecCredential")
            throw Fault($"its output is of kind '{answer?.Kind}', not ExecCredential");
        if (answer.ApiVersion != spec.ApiVersion)
            throw Fault($"its output has apiVersion '{answer.ApiVersion}', but '{spec.ApiVersion}' is configured");
        var status = answer.Status ?? throw Fault("its output has no status");
        if (string.IsNullOrEmpty(status.Token) && status.ClientCertificateData is null && status.ClientKeyData is null)
            throw Fault("its output has neither a token nor a client certificate");
        if (status.ClientCertificateData is null != status.ClientKeyData is null)
            throw Fault("its output has only one of clientCertificateData and clientKeyData");
        return status;
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

    /// <summary>The end of what it said, without the values that the kubeconfig gave it.</summary>
    private string Quote(string errors)
    {
        var text = errors.Trim();
        foreach (var secret in spec.Env.Values.Concat(spec.Args).Where(value => value.Length >= 8))
            text = text.Replace(secret, "***", StringComparison.Ordinal);
        if (text.Length == 0)
            return "";
        return ": " + (text.Length > MaxErrorText ? "..." + text[^MaxErrorText..] : text);
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

    private KubernetesConfigException Fault(string problem) => new($"{spec.What}: command {spec.Command}: {problem}");
}
