using CacheMachine.Actors.Images;
using CacheMachine.Host.Registries.Auth;
using CacheMachine.Host.Registries.Http;

namespace CacheMachine.Host.Registries;

/// <summary>Where the API of a registry is.</summary>
/// <param name="Name">The registry as images name it, lower case, for example <c>docker.io</c>.</param>
/// <param name="BaseUri">Scheme, host and port of the API, for example <c>https://registry-1.docker.io/</c>.</param>
/// <param name="IsKnown">Whether it is Docker Hub, or listed by an operator: not one that only a user of the API names.</param>
internal sealed record RegistryEndpoint(string Name, Uri BaseUri, bool IsKnown)
{
    public static RegistryEndpoint For(string registry, HostList insecureHosts)
    {
        if (ReferenceGrammar.CheckRegistry(registry) is not null)
            throw new ArgumentException($"Registry '{registry}' is not a host name with an optional port.", nameof(registry));

        var name = registry.ToLowerInvariant();
        var host = DockerHub.ApiHost(name);
        if (!Uri.TryCreate($"https://{host}/", UriKind.Absolute, out var secure) || !Uri.TryCreate($"http://{host}/", UriKind.Absolute, out var plain))
            throw new ArgumentException($"Registry '{registry}' has no valid port or address.", nameof(registry));
        var isInsecure = insecureHosts.Contains(plain);
        return new RegistryEndpoint(name, isInsecure ? plain : secure, isInsecure || DockerHub.IsAlias(name));
    }

    /// <summary>Whether an operator chose it, by listing it or by having a credential for it.</summary>
    public bool IsKnownWith(Credential? credential) => IsKnown || credential is not null;

    /// <summary>The first page of a tag list, of a size that is wished for or of the registry's own.</summary>
    public Uri TagsUri(string repository, int? pageSize) =>
        new(BaseUri, $"v2/{repository}/tags/list{(pageSize is null ? "" : $"?n={pageSize}")}");

    public Uri ManifestUri(string repository, string tag) => new(BaseUri, $"v2/{repository}/manifests/{tag}");
}
