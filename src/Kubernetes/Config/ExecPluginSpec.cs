namespace CacheMachine.Kubernetes.Config;

/// <summary>The <c>exec</c> section of a kubeconfig user.</summary>
/// <param name="What">Names the user in errors.</param>
/// <param name="ApiVersion">Which version of ExecCredential the plugin speaks.</param>
/// <param name="Command">A name to be found in PATH, or an absolute path.</param>
/// <param name="Args">In order.</param>
/// <param name="Env">Added to the process's own variables; may hold secrets.</param>
/// <param name="InstallHint">Told when the command does not exist.</param>
/// <param name="Cluster">Given to the plugin when it asks for it.</param>
internal sealed record ExecPluginSpec(
    string What,
    string ApiVersion,
    string Command,
    IReadOnlyList<string> Args,
    IReadOnlyDictionary<string, string> Env,
    string? InstallHint,
    Func<ExecClusterInfo>? Cluster)
{
    private static readonly string[] Supported =
        ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

    public static ExecPluginSpec Read(KubeconfigEntry exec, Func<ExecClusterInfo> cluster)
    {
        var version = exec.Required("apiVersion");
        if (!Supported.Contains(version))
            throw exec.Fault("apiVersion", $"'{version}' is not supported; supported are {string.Join(" and ", Supported)}");
        if (exec.Text("interactiveMode") == "Always")
            throw exec.Fault("interactiveMode", "a service cannot answer questions: 'Always' is not supported");

        // As in client-go: a path with a separator is relative to the file, a bare name is looked up in PATH.
        var command = exec.Required("command");
        var resolved = command.Contains('/', StringComparison.Ordinal) || command.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? Path.GetFullPath(command, exec.Folder)
            : command;
        var env = new Dictionary<string, string>();
        foreach (var variable in exec.Sections("env"))
            env[variable.Required("name")] = variable.Text("value") ?? "";
        return new ExecPluginSpec(
            exec.What, version, resolved, exec.Texts("args"), env, exec.Text("installHint"),
            exec.Flag("provideClusterInfo") ? cluster : null);
    }

    /// <summary>Arguments and variables stay out: they may hold secrets.</summary>
    public override string ToString() => $"{What}: {Command}";
}
