using System.Text.RegularExpressions;

namespace CacheMachine.Simulator.Registries;

/// <summary>
/// An image's name as a container runtime normalises it: <c>lsstsqre/x:t</c> is <c>docker.io/lsstsqre/x:t</c>, <c>busybox</c> is
/// <c>docker.io/library/busybox:latest</c>, <c>host:5000/x:t</c> keeps its port.
/// </summary>
internal sealed partial record ImageReference(string Host, string Repository, string? Tag, string? Digest)
{
    /// <summary>Host and repository, as in <c>imageID</c> and <c>status.images</c>.</summary>
    public string Name => $"{Host}/{Repository}";

    /// <summary>What to ask a registry for: the digest if there is one, else the tag.</summary>
    public string Reference => Digest ?? Tag ?? "latest";

    public override string ToString() => Digest is null ? $"{Name}:{Tag}" : $"{Name}@{Digest}";

    /// <summary>Null when the grammar of image names does not allow it (kubelet then says InvalidImageName).</summary>
    public static ImageReference? Parse(string text)
    {
        var match = Grammar().Match(text);
        if (!match.Success)
            return null;
        var (host, repository) = Split(match.Groups["path"].Value);
        if (!Path().IsMatch(repository))
            return null;
        var digest = match.Groups["digest"] is { Success: true } d ? d.Value : null;
        var tag = match.Groups["tag"] is { Success: true } t ? t.Value : null;
        return new ImageReference(host, repository, digest is null ? tag ?? "latest" : tag, digest);
    }

    /// <summary>The repository, without its host, of a name that would be one in lower case; else null.</summary>
    public static string? Uppercase(string text) =>
        Parse(text) is null && Parse(text.ToLowerInvariant()) is not null ? Split(Grammar().Match(text).Groups["path"].Value).Repository : null;

    private static (string Host, string Repository) Split(string path)
    {
        var host = "docker.io";
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && (path[..slash].Contains('.', StringComparison.Ordinal) || path[..slash].Contains(':', StringComparison.Ordinal) || path[..slash] == "localhost"))
        {
            host = path[..slash] == "index.docker.io" ? "docker.io" : path[..slash];
            path = path[(slash + 1)..];
        }

        return (host, host == "docker.io" && !path.Contains('/', StringComparison.Ordinal) ? "library/" + path : path);
    }

    [GeneratedRegex(
        @"^(?<path>[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+(?=/))?(/[A-Za-z0-9._-]+)*)(:(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(@(?<digest>sha256:[0-9a-f]{64}))?\z",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Grammar();

    [GeneratedRegex(@"^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Path();
}
