using YamlDotNet.RepresentationModel;

namespace CacheMachine.Kubernetes.Config;

/// <summary>One mapping of a kubeconfig file, with the words that name it in errors.</summary>
/// <param name="body">The YAML.</param>
/// <param name="file">Absolute path of the file it is in.</param>
/// <param name="what">For example <c>user "admin"</c>.</param>
internal sealed class KubeconfigEntry(YamlMappingNode body, string file, string what)
{
    /// <summary>Prefix of an error about this entry.</summary>
    public string What => $"kubeconfig {file}: {what}";

    /// <summary>The same mapping under another name.</summary>
    public KubeconfigEntry Named(string name) => new(body, file, name);

    public bool Has(string field) => Child(field) is { } child && child is not YamlScalarNode { Value: null or "" or "~" or "null" };

    public KubernetesConfigException Fault(string field, string problem) => new($"{What}: {field}: {problem}");

    /// <summary>Null when absent, null or empty.</summary>
    public string? Text(string field) => Child(field) switch
    {
        null => null,
        YamlScalarNode scalar => Plain(scalar),
        _ => throw Fault(field, "a string is expected"),
    };

    public string Required(string field) => Text(field) ?? throw Fault(field, "missing");

    public bool Flag(string field) => Text(field) switch
    {
        null => false,
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ => throw Fault(field, "true or false is expected"),
    };

    public KubeconfigEntry? Section(string field) => Child(field) switch
    {
        null => null,
        YamlMappingNode mapping => new KubeconfigEntry(mapping, file, $"{what}: {field}"),
        YamlScalarNode scalar when Plain(scalar) is null => null,
        _ => throw Fault(field, "a mapping is expected"),
    };

    public IReadOnlyList<string> Texts(string field) =>
        [.. Items(field).Select(item => item is YamlScalarNode scalar ? scalar.Value ?? "" : throw Fault(field, "strings are expected"))];

    public IReadOnlyList<KubeconfigEntry> Sections(string field) =>
    [
        .. Items(field).Select((item, index) => item is YamlMappingNode mapping
            ? new KubeconfigEntry(mapping, file, $"{what}: {field}[{index}]")
            : throw Fault($"{field}[{index}]", "a mapping is expected")),
    ];

    /// <summary>The text of a field that holds base64, decoded; null when absent.</summary>
    public string? Decoded(string field)
    {
        if (Text(field) is not { } text)
            return null;
        try
        {
            return System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(text));
        }
        catch (FormatException)
        {
            // The inner exception is left out: nothing of a secret may get into a message.
            throw Fault(field, "not base64");
        }
    }

    /// <summary>A path, relative to the folder of the file that names it.</summary>
    public string? FilePath(string field) =>
        Text(field) is { } path ? Path.GetFullPath(path, Path.GetDirectoryName(file)!) : null;

    /// <summary>The folder that relative paths start from.</summary>
    public string Folder => Path.GetDirectoryName(file)!;

    private IEnumerable<YamlNode> Items(string field) => Child(field) switch
    {
        null => [],
        YamlSequenceNode sequence => sequence.Children,
        YamlScalarNode scalar when Plain(scalar) is null => [],
        _ => throw Fault(field, "a list is expected"),
    };

    private YamlNode? Child(string field) => body.Children.TryGetValue(new YamlScalarNode(field), out var child) ? child : null;

    private static string? Plain(YamlScalarNode scalar)
    {
        var isNull = scalar.Style is YamlDotNet.Core.ScalarStyle.Plain && scalar.Value is null or "" or "~" or "null";
        return isNull || scalar.Value!.Length == 0 ? null : scalar.Value;
    }
}
