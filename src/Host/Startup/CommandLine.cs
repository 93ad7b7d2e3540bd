using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using System.Reflection;
using CacheMachine.Host.Settings;

namespace CacheMachine.Host.Startup;

/// <summary>The flags of the service. Parsing starts nothing and writes nothing.</summary>
public static class CommandLine
{
    /// <summary>Exit code for arguments or a configuration that cannot be used.</summary>
    public const int BadUsage = 2;

    private const string FileRule = "must name a file that exists";

    /// <summary>Reads the arguments and checks each value; all faults at once.</summary>
    public static CommandLineResult Parse(IReadOnlyList<string> args)
    {
        var flags = new Flags();
        var result = flags.Command.Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (result.Action is HelpAction)
        {
            using var output = new StringWriter(CultureInfo.InvariantCulture);
            result.Invoke(new InvocationConfiguration { Output = output });
            return new CommandLineResult.Exit(0, output.ToString(), []);
        }
        if (result.Errors.Count > 0)
            return new CommandLineResult.Exit(BadUsage, "", [.. result.Errors.Select(e => WithoutSecrets(e.Message, args)).Distinct()]);
        return result.GetValue(flags.Version)
            ? new CommandLineResult.Exit(0, $"cachemachine {Version}{Environment.NewLine}", [])
            : new CommandLineResult.Start(result.GetValue(flags.Config) ?? [], flags.Settings(result), flags.NameOf, result.GetValue(flags.IsCheck));
    }

    // A connection string that the shell has taken apart (a blank, a semicolon) is an argument like any other, which errors would quote.
    private static string WithoutSecrets(string error, IReadOnlyList<string> args) => args
        .Where(arg => arg.Contains('=', StringComparison.Ordinal) && arg.Contains("passw", StringComparison.OrdinalIgnoreCase))
        .Aggregate(error, (text, arg) => text.Replace(arg.StartsWith("--", StringComparison.Ordinal) ? arg[(arg.IndexOf('=', StringComparison.Ordinal) + 1)..] : arg, "...", StringComparison.Ordinal));

    /// <summary>The version of the service, without the commit.</summary>
    public static string Version { get; } =
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private sealed class Flags
    {
        private readonly Dictionary<string, string> names = new(StringComparer.OrdinalIgnoreCase);
        private readonly Option<string> port = One("--port", "N", "Port of the API, 0 for any free one. Default: 8080.");
        private readonly Option<string> data = One("--data", "DIR", "Directory of the database. Default: data, in the working directory.");
        private readonly Option<string> postgres = One("--postgres", "CONNECTION", "Keep everything in PostgreSQL instead: an Npgsql connection string, Host=...;Database=...");
        private readonly Option<string> kubeconfig = One("--kubeconfig", "FILE", "Serve the cluster of this kubeconfig file.");
        private readonly Option<string> context = One("--context", "C", "Context in the kubeconfig file. Default: its current context.");
        private readonly Option<string> ns = One("--namespace", "NS", "Namespace of the pull pods. Default: the context's, or our own.");
        private readonly Option<string[]> insecure =
            Many("--insecure-registry", "HOST", "Registry without TLS (HOST:PORT, or HOST for its port 80); repeatable.");

        public Flags()
        {
            Check(port, SettingsRules.Integer(0, 65535), t => SettingsRules.TryInteger(t, 0, 65535, out _));
            Check(data, "must be a path", SettingsRules.IsPath);
            postgres.Validators.Add(result =>
            {
                // Without the value, which may hold a password.
                if (result.Tokens.Select(t => PostgresConnectionString.Fault(t.Value)).FirstOrDefault(fault => fault is not null) is { } fault)
                    result.AddError($"{postgres.Name}: {fault}");
            });
            Check(kubeconfig, FileRule, File.Exists);
            Check(context, "must be 1 to 253 characters", t => t.Length is >= 1 and <= 253);
            Check(ns, SettingsRules.Namespace, SettingsRules.IsNamespace);
            Check(insecure, SettingsRules.RegistryHost, SettingsRules.IsRegistryHost);
            Check(Config, FileRule, File.Exists);
            Command = new Command("run", "Pulls container images onto Kubernetes nodes before anybody waits for them.")
            {
                port, data, postgres, kubeconfig, context, ns, insecure, Config, IsCheck, Version, new HelpOption("--help", "-h"),
            };
            // Help and version are handled by the caller; the command itself has nothing to do.
            Command.SetAction(_ => 0);
        }

        public Command Command { get; }

        public Option<string[]> Config { get; } = Many("--config", "FILE", "HOCON file over the defaults; repeatable, the last one wins.");

        public Option<bool> IsCheck { get; } =
            Switch("--check-config", "Read and check everything, print what is not as by default, and start nothing.");

        public Option<bool> Version { get; } = Switch("--version", "Print the version.");

        public Dictionary<string, string?> Settings(ParseResult result)
        {
            var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            Set(port, "http:port", result.GetValue(port));
            Set(data, "data:dir", result.GetValue(data));
            Set(postgres, "data:postgres", result.GetValue(postgres));
            Set(kubeconfig, "kubernetes:kubeconfig", result.GetValue(kubeconfig));
            Set(kubeconfig, "kubernetes:mode", result.GetResult(kubeconfig) is null ? null : "kubeconfig");
            Set(context, "kubernetes:context", result.GetValue(context));
            Set(ns, "kubernetes:namespace", result.GetValue(ns));
            Set(insecure, "registry:insecure-hosts", result.GetValue(insecure) is { Length: > 0 } hosts ? string.Join(',', hosts) : null);
            return settings;

            void Set(Option option, string key, string? value)
            {
                if (value is not null)
                    (settings[$"{HostSettings.Section}:{key}"], names[$"{HostSettings.Section}:{key}"]) = (value, option.Name);
            }
        }

        public string? NameOf(string key) => names.GetValueOrDefault(key);

        private static Option<string> One(string name, string value, string description) =>
            new(name) { HelpName = value, Description = description, Arity = ArgumentArity.ExactlyOne };

        private static Option<string[]> Many(string name, string value, string description) =>
            new(name) { HelpName = value, Description = description, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };

        private static Option<bool> Switch(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.Zero };

        private static void Check(Option option, string rule, Func<string, bool> valid) => option.Validators.Add(result =>
        {
            foreach (var value in result.Tokens.Select(t => t.Value))
            {
                if (value.StartsWith("--", StringComparison.Ordinal))
                    result.AddError($"{option.Name} needs a value, and {value} is a flag");
                else if (!valid(value))
                    result.AddError($"{option.Name} \"{value}\": {rule}");
            }
        });
    }
}
