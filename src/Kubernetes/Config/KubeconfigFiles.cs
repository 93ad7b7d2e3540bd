using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace CacheMachine.Kubernetes.Config;

/// <summary>
/// One or several kubeconfig files, merged as kubectl does: the first file that has an entry of a name, or the
/// current-context, wins. Of several files those that do not exist are left out.
/// </summary>
internal sealed class KubeconfigFiles
{
    private readonly Dictionary<string, KubeconfigEntry> _clusters = [];
    private readonly Dictionary<string, KubeconfigEntry> _users = [];
    private readonly Dictionary<string, KubeconfigEntry> _contexts = [];

    private KubeconfigFiles(string paths) => Paths = paths;

    /// <summary>As they were named, for errors.</summary>
    public string Paths { get; }

    public string? CurrentContext { get; private set; }

    public IReadOnlyCollection<string> ContextNames => _contexts.Keys;

    public static KubeconfigFiles Read(string paths)
    {
        var merged = new KubeconfigFiles(paths);
        var all = paths.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var present = all.Length == 1 ? all : [.. all.Where(File.Exists)];
        if (present.Length == 0)
            throw new KubernetesConfigException($"kubeconfig {paths}: none of these files exists");
        foreach (var path in present)
            merged.Add(Path.GetFullPath(path));
        return merged;
    }

    public KubeconfigEntry Context(string name) => Find(_contexts, name, "context");

    public KubeconfigEntry Cluster(string name) => Find(_clusters, name, "cluster");

    public KubeconfigEntry User(string name) => Find(_users, name, "user");

    private KubeconfigEntry Find(Dictionary<string, KubeconfigEntry> entries, string name, string kind) =>
        entries.TryGetValue(name, out var entry)
            ? entry
            : throw new KubernetesConfigException(
                $"kubeconfig {Paths}: there is no {kind} \"{name}\"; there "
                + (entries.Count == 0 ? "is none" : "are: " + string.Join(", ", entries.Keys)));

    private void Add(string file)
    {
        if (Parse(file) is not { } root)
            return;
        var top = new KubeconfigEntry(root, file, "top level");
        CurrentContext ??= top.Text("current-context");
        AddNamed(_clusters, top, file, "clusters", "cluster");
        AddNamed(_users, top, file, "users", "user");
        AddNamed(_contexts, top, file, "contexts", "context");
    }

    private static void AddNamed(
        Dictionary<string, KubeconfigEntry> entries, KubeconfigEntry top, string file, string list, string kind)
    {
        foreach (var item in top.Sections(list))
        {
            var name = item.Required("name");
            entries.TryAdd(name, (item.Section(kind) ?? Empty(file)).Named($"{kind} \"{name}\""));
        }
    }

    private static KubeconfigEntry Empty(string file) => new([], file, "");

    private static YamlMappingNode? Parse(string file)
    {
        try
        {
            using var reader = File.OpenText(file);
            var yaml = new YamlStream();
            yaml.Load(reader);
            if (yaml.Documents.Count == 0)
                return null;
            return yaml.Documents[0].RootNode switch
            {
                YamlMappingNode mapping => mapping,
                YamlScalarNode { Value: null or "" } => null,
                _ => throw new KubernetesConfigException($"kubeconfig {file}: a mapping is expected at the top level"),
            };
        }
        catch (YamlException e)
        {
            // Only the place: the parser's own words may quote the text.
            throw new KubernetesConfigException($"kubeconfig {file}: not YAML at line {e.Start.Line}, column {e.Start.Column}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubernetesConfigException($"kubeconfig {file}: cannot be read: {e.Message}", e);
        }
    }
}
