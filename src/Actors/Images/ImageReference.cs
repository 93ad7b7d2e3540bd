using System.Diagnostics.CodeAnalysis;

namespace CacheMachine.Actors.Images;

/// <summary>
/// A normalised OCI image reference, <c>domain/path[:tag][@digest]</c>. Two references are equal when a container
/// runtime would take them for the same image: <c>lsstsqre/x:t</c> equals <c>docker.io/lsstsqre/x:t</c>.
/// Grammar and normalisation are those of github.com/distribution/reference.
/// </summary>
public sealed record ImageReference
{
    private const string DefaultRegistry = "docker.io";
    private const string LegacyDefaultRegistry = "index.docker.io";
    private const string OfficialPrefix = "library/";
    private const string DefaultTag = "latest";

    private ImageReference(string registry, string repository, string? tag, string? digest)
    {
        Registry = registry;
        Repository = repository;
        Tag = tag;
        Digest = digest;
        Name = $"{registry}/{repository}";
        Lookup = digest is null ? $"{Name}:{tag}" : $"{Name}@{digest}";
    }

    /// <summary>The domain with its port if one was given, for example <c>docker.io</c> or <c>host:5000</c>.</summary>
    public string Registry { get; }

    /// <summary>The path within the registry, for example <c>library/busybox</c>.</summary>
    public string Repository { get; }

    /// <summary>The tag; null only when the reference is by digest alone.</summary>
    public string? Tag { get; }

    /// <summary><c>sha256:</c> and 64 lower case hexadecimal digits, or null.</summary>
    public string? Digest { get; }

    /// <summary><c>domain/path</c>, without tag and digest.</summary>
    public string Name { get; }

    /// <summary>The name that a container runtime surely knows the image by: with its digest where it has one, else with its tag.</summary>
    internal string Lookup { get; }

    /// <summary>Parses and normalises; never throws.</summary>
    /// <param name="text">A reference as people write it, for example <c>busybox</c> or <c>host:5000/x:t</c>.</param>
    /// <param name="reference">The reference, when the answer is true.</param>
    /// <param name="error">The rule that the text breaks, when the answer is false; else empty.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ImageReference? reference, out string error)
    {
        reference = null;
        if (string.IsNullOrEmpty(text))
        {
            error = "an image reference must not be empty";
            return false;
        }

        var (name, tag, digest) = Split(text);
        var (registry, repository) = Normalise(name);
        error = ReferenceGrammar.CheckRegistry(registry)
            ?? ReferenceGrammar.CheckRepository(repository)
            ?? (tag is null ? null : ReferenceGrammar.CheckTag(tag))
            ?? (digest is null ? null : ReferenceGrammar.CheckDigest(digest))
            ?? (ReferenceGrammar.IsImageId(name) ? "a repository name must not be 64 hexadecimal digits, which is an image ID" : "");
        if (error.Length != 0) return false;

        if (tag is null && digest is null) tag = DefaultTag;
        reference = new ImageReference(registry, repository, tag, digest);
        return true;
    }

    /// <summary>Parses and normalises.</summary>
    /// <exception cref="FormatException">The text breaks the grammar; the message says where.</exception>
    public static ImageReference Parse(string text) =>
        TryParse(text, out var reference, out var error)
            ? reference
            : throw new FormatException($"Image reference '{ReferenceGrammar.Show(text)}': {error}");

    /// <summary>The normalised form, which parses to an equal reference.</summary>
    public override string ToString() =>
        Name + (Tag is null ? "" : ":" + Tag) + (Digest is null ? "" : "@" + Digest);

    // A colon belongs to a tag only after the last slash; before it, it belongs to a port.
    private static (string Name, string? Tag, string? Digest) Split(string text)
    {
        string? digest = null;
        string? tag = null;
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            digest = text[(at + 1)..];
            text = text[..at];
        }

        var colon = text.IndexOf(':', text.LastIndexOf('/') + 1);
        if (colon >= 0)
        {
            tag = text[(colon + 1)..];
            text = text[..colon];
        }

        return (text, tag, digest);
    }

    // The first component is a domain if it has a dot or a port, is "localhost", or has upper case, which no path may have.
    private static (string Registry, string Repository) Normalise(string name)
    {
        var registry = DefaultRegistry;
        var repository = name;
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
        {
            var first = name[..slash];
            if (first.AsSpan().ContainsAny('.', ':') || first == "localhost" || first.Any(char.IsAsciiLetterUpper))
            {
                registry = first == LegacyDefaultRegistry ? DefaultRegistry : first;
                repository = name[(slash + 1)..];
            }
        }

        if (registry == DefaultRegistry && repository.Length > 0 && !repository.Contains('/', StringComparison.Ordinal))
            repository = OfficialPrefix + repository;
        return (registry, repository);
    }
}
