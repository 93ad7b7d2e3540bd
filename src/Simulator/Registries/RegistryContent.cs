using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Registries;

/// <summary>One image: an index, and the platform manifest and config it leads to.</summary>
internal sealed record RegistryImage(string Digest, string PlatformDigest, long SizeBytes, bool HasShell);

internal sealed record Blob(string MediaType, byte[] Bytes, string? ImageDigest);

/// <summary>The documents and tags of one repository. Digests are the SHA-256 of the bytes that are served.</summary>
internal sealed class RegistryContent
{
    public const string Index = "application/vnd.oci.image.index.v1+json";
    public const string Manifest = "application/vnd.oci.image.manifest.v1+json";
    public const string DockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    private const string Config = "application/vnd.oci.image.config.v1+json";

    public SortedDictionary<string, string> Tags { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, Blob> Manifests { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, Blob> Blobs { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, RegistryImage> Images { get; } = new(StringComparer.Ordinal);

    /// <param name="content">What tells this image from others of the same size: goes into the config, so into every digest.</param>
    /// <param name="size">Bytes that a node downloads and keeps.</param>
    /// <param name="hasShell">Whether a command can be run in it.</param>
    /// <param name="docker">Whether the documents are of Docker's media types instead of OCI's.</param>
    public RegistryImage Add(string content, long size, bool hasShell, bool docker)
    {
        var config = Json.Serialize(new JsonObject
        {
            ["architecture"] = "amd64",
            ["os"] = "linux",
            ["config"] = new JsonObject { ["Labels"] = new JsonObject { ["content"] = content, ["shell"] = hasShell } },
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = Json.ToList([DigestOf(Encoding.UTF8.GetBytes(content))]) },
        });
        var configDigest = DigestOf(config);
        var manifest = Json.Serialize(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = docker ? DockerManifest : Manifest,
            ["config"] = Descriptor(docker ? "application/vnd.docker.container.image.v1+json" : Config, configDigest, config.Length),
            ["layers"] = new JsonArray(Descriptor(
                docker ? "application/vnd.docker.image.rootfs.diff.tar.gzip" : "application/vnd.oci.image.layer.v1.tar+gzip",
                DigestOf(Encoding.UTF8.GetBytes("layer of " + content)),
                size)),
        });
        var manifestDigest = DigestOf(manifest);
        var entry = Descriptor(docker ? DockerManifest : Manifest, manifestDigest, manifest.Length);
        entry["platform"] = new JsonObject { ["architecture"] = "amd64", ["os"] = "linux" };
        var index = Json.Serialize(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = docker ? DockerList : Index,
            ["manifests"] = new JsonArray(entry),
        });
        var digest = DigestOf(index);
        var image = new RegistryImage(digest, manifestDigest, size, hasShell);
        Blobs[configDigest] = new Blob(Config, config, digest);
        Manifests[manifestDigest] = new Blob(docker ? DockerManifest : Manifest, manifest, digest);
        Manifests[digest] = new Blob(docker ? DockerList : Index, index, digest);
        Images[digest] = image;
        return image;
    }

    /// <summary>The digest that a tag or digest stands for; null if there is none.</summary>
    public string? Resolve(string reference) =>
        Manifests.ContainsKey(reference) ? reference : Tags.GetValueOrDefault(reference);

    public static string DigestOf(ReadOnlySpan<byte> bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static JsonObject Descriptor(string mediaType, string digest, long size) =>
        new() { ["mediaType"] = mediaType, ["digest"] = digest, ["size"] = size };
}
