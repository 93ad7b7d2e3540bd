using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using System.Text.RegularExpressions;

namespace CacheMachine.Simulator;

/// <summary>What the arguments ask for.</summary>
internal abstract record CommandLineResult
{
    private CommandLineResult()
    {
    }

    /// <summary>Start a cluster.</summary>
    /// <param name="Cluster">How it is built.</param>
    /// <param name="Kubeconfig">Where to write the kubeconfig file; null for nowhere.</param>
    /// <param name="ExampleMachine">Where to write the example machine; null for nowhere.</param>
    public sealed record Start(SimulatedClusterOptions Cluster, string? Kubeconfig, string? ExampleMachine) : CommandLineResult;

    /// <summary>Start nothing.</summary>
    /// <param name="Code">0 for help, <see cref="CommandLine.BadUsage"/> for arguments that cannot be used.</param>
    /// <param name="Output">For standard output.</param>
    /// <param name="Errors">For standard error, a line each, all at once; each names the flag, the value and the rule.</param>
    public sealed record Exit(int Code, string Output, IReadOnlyList<string> Errors) : CommandLineResult;
}

/// <summary>The flags of the simulator as a program. Parsing starts nothing and writes nothing.</summary>
internal static partial class CommandLine
{
    /// <summary>Exit code for arguments that cannot be used.</summary>
    public const int BadUsage = 2;

    private const int MaxNodes = 5000, MaxPort = 65535;

    /// <summary>Reads the arguments and checks each value; all faults at once.</summary>
    public static CommandLineResult Parse(IReadOnlyList<string> args)
    {
        var nodes = Number("--nodes", 1, MaxNodes, "Nodes of the cluster, named n1, n2, ... Default: 8.");
        var namespaces = new Option<string[]>("--namespace")
        {
            HelpName = "NS",
            Description = "Namespace besides default and the kube- ones; repeatable. Default: cachemachine.",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };
        Check(namespaces, "must be a DNS label: 1 to 63 lower-case letters, digits or '-', the first and last no '-'", DnsLabel().IsMatch);
        var releases = string.Join(" or ", KubernetesRelease.All);
        var kubernetes = One("--kubernetes", "V", $"Kubernetes to play, {releases}. Default: {KubernetesRelease.Kubernetes120}.");
        Check(kubernetes, $"must be {releases}", text => KubernetesRelease.All.Any(release => release.Name == text));
        var port = Number("--port", 0, MaxPort, "Port of the API on 127.0.0.1, 0 for any free one. Default: 0.");
        var registryPort = Number("--registry-port", 0, MaxPort, "Port of the registry on 127.0.0.1; any free one when it is taken, or 0. Default: 0.");
        var kubeconfig = One("--kubeconfig", "FILE", "Write a kubeconfig file for the cluster, before the line that says where it is.");
        var example = One("--example-machine", "FILE", "Write the body of a POST that creates an example machine, before that line.");
        foreach (var file in new[] { kubeconfig, example })
            Check(file, "must be a path in a directory that exists", text => text.Length > 0 && Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(text))));
        var command = new Command("simulator", "A Kubernetes cluster and an image registry on 127.0.0.1, all of it simulated, until it is told to end.")
        {
            nodes, namespaces, kubernetes, port, registryPort, kubeconfig, example, new HelpOption("--help", "-h"),
        };
        // The command itself has nothing to do: the caller starts the cluster.
        command.SetAction(_ => 0);

        var result = command.Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (result.Action is HelpAction)
        {
            using var output = new StringWriter(CultureInfo.InvariantCulture);
            result.Invoke(new InvocationConfiguration { Output = output });
            return new CommandLineResult.Exit(0, output.ToString(), []);
        }

        if (result.Errors.Count > 0)
            return new CommandLineResult.Exit(BadUsage, "", [.. result.Errors.Select(error => error.Message).Distinct()]);
        var defaults = new SimulatedClusterOptions();
        return new CommandLineResult.Start(
            defaults with
            {
                Release = KubernetesRelease.All.FirstOrDefault(release => release.Name == result.GetValue(kubernetes)) ?? defaults.Release,
                Nodes = Value(nodes) ?? defaults.Nodes,
                // They exist already.
                Namespaces = [.. (result.GetValue(namespaces) is { Length: > 0 } named ? named : defaults.Namespaces).Distinct().Except(SimulatedCluster.FixedNamespaces)],
                ApiPort = Value(port) ?? 0,
                RegistryPort = Value(registryPort) ?? 0,
            },
            result.GetValue(kubeconfig),
            result.GetValue(example));

        int? Value(Option<string> option) => result.GetValue(option) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
    }

    private static Option<string> One(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, Arity = ArgumentArity.ExactlyOne };

    private static Option<string> Number(string name, int min, int max, string description)
    {
        var option = One(name, "N", description);
        Check(option, $"must be a whole number from {min} to {max}", text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max);
        return option;
    }

    private static void Check(Option option, string rule, Func<string, bool> valid) => option.Validators.Add(result =>
    {
        foreach (var value in result.Tokens.Select(token => token.Value))
        {
            if (value.StartsWith("--", StringComparison.Ordinal))
                result.AddError($"{option.Name} needs a value, and {value} is a flag");
            else if (!valid(value))
                result.AddError($"{option.Name} \"{value}\": {rule}");
        }
    });

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex DnsLabel();
}
