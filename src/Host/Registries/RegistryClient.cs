using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using CacheMachine.Actors.Images;
using CacheMachine.Host.Registries.Auth;
using CacheMachine.Host.Registries.Http;

namespace CacheMachine.Host.Registries;

/// <summary>
/// Asks registries that speak the OCI distribution protocol for tags and digests, by
/// https://github.com/opencontainers/distribution-spec/blob/main/spec.md. Safe for any number of callers at once.
/// </summary>
public sealed class RegistryClient : IDisposable
{
    private const int MaxManifestBytes = 4 * 1024 * 1024;

    // All kinds of manifests, so that the answer is the digest that a node reports, also of a multi-platform image.
    private static readonly string[] ManifestTypes =
    [
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    ];

    private readonly HostList _insecureHosts;
    private readonly RegistryTransport _transport;
    private readonly Authorizer _authorizer;
    private readonly TagLister _tags;
    private readonly RegistryFaults _faults;

    /// <summary>Creates a client; it connects to nothing yet.</summary>
    /// <exception cref="ArgumentException">A host of the options is malformed, or a bound is not positive.</exception>
    public RegistryClient(RegistryOptions options, TimeProvider time, ILogger<RegistryClient> logger)
        : this(options, time, logger, Dns.GetHostAddressesAsync, null)
    {
    }

    internal RegistryClient(
        RegistryOptions options,
        TimeProvider time,
        ILogger<RegistryClient> logger,
        HostResolver resolve,
        RemoteCertificateValidationCallback? validateCertificate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.RequestTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.RetryAfterMax, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxConcurrentRequestsPerHost);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.PageSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxPages);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxTags);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxPageBytes);

        var secrets = new KnownSecrets(time);
        _faults = new RegistryFaults(secrets, options.RetryAfterMax, time);
        _insecureHosts = new HostList(options.InsecureHosts, "registry.insecure-hosts");
        _transport = new RegistryTransport(options, _insecureHosts, _faults, time, resolve, validateCertificate);
        var tokens = new TokenClient(_transport, new RealmPolicy(new TrustedRealms(options.TrustedRealms)), secrets, _faults, time);
        var credentials = new DockerConfigFile(options.DockerConfigPath, secrets, logger);
        _authorizer = new Authorizer(_transport, tokens, credentials, _faults, time);
        _tags = new TagLister(_authorizer, options, _faults, logger);
    }

    /// <summary>All tags of a repository in the registry's order, each once; empty for a repository without tags.</summary>
    /// <param name="registry">As images name it: <c>docker.io</c>, <c>host</c> or <c>host:port</c>.</param>
    /// <param name="repository">For example <c>lsstsqre/sciplat-lab</c>.</param>
    /// <param name="cancellationToken">Ends the call with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="RegistryException">There is no complete list.</exception>
    /// <exception cref="ArgumentException">The registry or the repository is malformed.</exception>
    public Task<IReadOnlyList<string>> ListTagsAsync(string registry, string repository, CancellationToken cancellationToken = default)
    {
        CheckRepository(repository);
        return _tags.ListAsync(RegistryEndpoint.For(registry, _insecureHosts), repository, cancellationToken);
    }

    /// <summary>The manifest digest that a tag points to, <c>sha256:</c> and 64 hexadecimal digits; of the index for a multi-platform image.</summary>
    /// <param name="registry">As images name it: <c>docker.io</c>, <c>host</c> or <c>host:port</c>.</param>
    /// <param name="repository">For example <c>lsstsqre/sciplat-lab</c>.</param>
    /// <param name="tag">For example <c>latest</c>.</param>
    /// <param name="cancellationToken">Ends the call with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="RegistryException">The digest is not known.</exception>
    /// <exception cref="ArgumentException">The registry, the repository or the tag is malformed.</exception>
    public async Task<string> GetDigestAsync(string registry, string repository, string tag, CancellationToken cancellationToken = default)
    {
        CheckRepository(repository);
        if (ReferenceGrammar.CheckTag(tag) is not null) throw new ArgumentException($"'{tag}' is not a tag.", nameof(tag));
        var endpoint = RegistryEndpoint.For(registry, _insecureHosts);
        var head = new RegistryRequest(HttpMethod.Head, endpoint.ManifestUri(repository, tag))
        {
            Operation = $"Getting the digest of {endpoint.Name}/{repository}:{tag}",
            MaxBytes = MaxManifestBytes,
            Accept = ManifestTypes,
        };
        var response = await _authorizer.SendAsync(endpoint, repository, head, cancellationToken);
        if (response.IsSuccess && response.Raw("Docker-Content-Digest").FirstOrDefault() is { } digest)
            return Check(response, digest.Trim());

        // Some registries leave the header out, and some do not know HEAD.
        if (response.IsSuccess || response.Status is 400 or 405 or 501)
        {
            response = await _authorizer.SendAsync(endpoint, repository, head with { Method = HttpMethod.Get }, cancellationToken);
            if (response.IsSuccess) return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(response.Body.Span));
        }

        throw _faults.ErrorOf(response);
    }

    /// <summary>Ends requests that are under way.</summary>
    public void Dispose()
    {
        _authorizer.Dispose();
        _transport.Dispose();
    }

    private string Check(RegistryResponse response, string digest) => ReferenceGrammar.CheckDigest(digest) is null
        ? digest
        : throw _faults.Unusable(response, "the Docker-Content-Digest header is not 'sha256:' and 64 hexadecimal digits");

    private static void CheckRepository(string repository)
    {
        if (ReferenceGrammar.CheckRepository(repository) is not null) throw new ArgumentException($"'{repository}' is not a repository name.", nameof(repository));
    }
}
