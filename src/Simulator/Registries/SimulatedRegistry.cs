using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;

namespace CacheMachine.Simulator.Registries;

/// <summary>
/// A container registry on <c>127.0.0.1:PORT</c> that speaks the OCI distribution API (reading only), and is filled and broken in process.
/// All members may be used from any thread.
/// </summary>
public sealed class SimulatedRegistry : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, RegistryContent> _repositories = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _requests = new();
    private readonly RegistryAuth _auth;
    private readonly RegistryTroubles _troubles;
    private readonly WebApplication _app;
    private long _pushes;

    internal SimulatedRegistry(int port, TimeProvider time)
    {
        _auth = new RegistryAuth(time);
        _troubles = new RegistryTroubles(time);
        _app = Loopback.Build(port, new RegistryHandler(this, _auth, _troubles, time).Handle);
    }

    /// <summary><c>127.0.0.1:PORT</c>: what image names of this registry start with. It speaks plain HTTP.</summary>
    public string Host => Loopback.Address(_app).Authority;

    /// <summary>
    /// Other registry hosts for which nodes ask this one, as a mirror configured in containerd; <c>docker.io</c> by default.
    /// </summary>
    public ISet<string> MirrorOf { get; } = new HashSet<string>(StringComparer.Ordinal) { "docker.io" };

    /// <summary>What goes wrong on command.</summary>
    public RegistryTroubles Troubles => _troubles;

    /// <summary>Requests over HTTP so far, by kind: <c>ping</c>, <c>tags</c>, <c>manifest-head</c>, <c>manifest-get</c>, <c>blob</c>, <c>token</c>.</summary>
    public IReadOnlyDictionary<string, long> Requests => new Dictionary<string, long>(_requests);

    /// <summary>All requests over HTTP so far.</summary>
    public long TotalRequests => _requests.Values.Sum();

    /// <summary>Adds an image and lets the tag point to it; the tag may have pointed elsewhere before.</summary>
    /// <param name="repository">As <c>lsstsqre/sciplat-lab</c>, without host.</param>
    /// <param name="tag">The tag to set.</param>
    /// <param name="sizeBytes">Bytes that a node downloads and keeps.</param>
    /// <param name="hasShell">False for an image in which no command can be started.</param>
    /// <param name="docker">True to serve Docker's media types (manifest list) instead of OCI's (image index).</param>
    /// <param name="content">Images with the same content, size and kind have the same digest; null makes every push different.</param>
    /// <returns>The digest of the index, <c>sha256:...</c>: what nodes report for it.</returns>
    public string Push(string repository, string tag, long sizeBytes, bool hasShell = true, bool docker = false, string? content = null)
    {
        lock (_gate)
        {
            if (!_repositories.TryGetValue(repository, out var held))
                _repositories[repository] = held = new RegistryContent();
            content ??= string.Create(CultureInfo.InvariantCulture, $"{repository}:{tag} push {++_pushes}");
            var image = held.Add(content, sizeBytes, hasShell, docker);
            held.Tags[tag] = image.Digest;
            return image.Digest;
        }
    }

    /// <summary>Makes an empty repository: its tag list is empty, not 404.</summary>
    public void CreateRepository(string repository)
    {
        lock (_gate)
            _repositories.TryAdd(repository, new RegistryContent());
    }

    /// <summary>Lets a tag point to what another tag, or a digest, of the repository points to now.</summary>
    /// <exception cref="InvalidOperationException">There is no such repository, tag or digest.</exception>
    public string Move(string repository, string tag, string to)
    {
        lock (_gate)
        {
            return Held(repository).Tags[tag] = Held(repository).Resolve(to)
                ?? throw new InvalidOperationException($"cannot move {repository}:{tag}: the registry has no {repository}:{to}");
        }
    }

    /// <summary>Removes a tag; the manifest stays reachable by its digest.</summary>
    /// <returns>False if there was none.</returns>
    public bool Delete(string repository, string tag)
    {
        lock (_gate)
            return Held(repository).Tags.Remove(tag);
    }

    /// <summary>The digest that a tag points to, or null.</summary>
    public string? Digest(string repository, string tag)
    {
        lock (_gate)
            return _repositories.GetValueOrDefault(repository)?.Resolve(tag);
    }

    /// <summary>The tags of a repository in the order of the tag list.</summary>
    public IReadOnlyList<string> Tags(string repository)
    {
        lock (_gate)
            return [.. _repositories.GetValueOrDefault(repository)?.Tags.Keys ?? Enumerable.Empty<string>()];
    }

    /// <summary>From now on wants these credentials; <see cref="RegistryAuthScheme.None"/> lets anybody in again.</summary>
    public void RequireAuth(RegistryAuthScheme scheme, string user = "", string password = "", TimeSpan? tokenLife = null)
    {
        _auth.User = user;
        _auth.Password = password;
        _auth.TokenLife = tokenLife ?? TimeSpan.FromMinutes(5);
        _auth.Scheme = scheme;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    internal Task StartAsync(CancellationToken cancel) => _app.StartAsync(cancel);

    internal void Count(string kind) => _requests.AddOrUpdate(kind, 1, (_, count) => count + 1);

    internal T? Read<T>(string repository, Func<RegistryContent, T?> read)
        where T : class
    {
        lock (_gate)
            return _repositories.TryGetValue(repository, out var content) ? read(content) : null;
    }

    /// <summary>What a node gets that asks for an image, without the detour over HTTP but with all troubles.</summary>
    internal PullAnswer Pull(ImageReference image, (string User, string Password)? credentials, KubernetesRelease release)
    {
        string Failed(string why) => release.NotResolved(image.ToString(), why);
        if (image.Host != Host && !MirrorOf.Contains(image.Host))
        {
            var name = image.Host.Split(':')[0];
            return PullAnswer.Failed("Unknown", Failed(
                $"failed to do request: Head \"https://{image.Host}/v2/{image.Repository}/manifests/{image.Reference}\": dial tcp: lookup {name}: no such host"));
        }

        var trouble = _troubles.Next(image.Repository);
        if (trouble is HttpStatusCode.TooManyRequests)
        {
            return PullAnswer.Failed("Unknown", Failed(
                $"pulling from host {image.Host} failed with status code [manifests {image.Reference}]: 429 Too Many Requests (toomanyrequests)"));
        }

        if (trouble is { } status)
        {
            return PullAnswer.Failed("Unknown", Failed(
                $"pulling from host {image.Host} failed with status code [manifests {image.Reference}]: {(int)status} {status}"));
        }

        if (!_auth.Accepts(credentials))
        {
            return PullAnswer.Failed("Unknown", Failed(
                $"pulling from host {image.Host} failed with status code [manifests {image.Reference}]: 401 Unauthorized"));
        }

        var found = Read(image.Repository, content =>
            content.Resolve(image.Reference) is { } digest ? content.Images[content.Manifests[digest].ImageDigest!] : null);
        return found is null
            ? PullAnswer.Failed("NotFound", Failed($"{image}: not found"))
            : new PullAnswer(found, null);
    }

    private RegistryContent Held(string repository) =>
        _repositories.GetValueOrDefault(repository) ?? throw new InvalidOperationException($"the registry has no repository {repository}");
}

/// <summary>The image, or why it cannot be pulled in the words of containerd's CRI.</summary>
internal sealed record PullAnswer(RegistryImage? Image, string? Error)
{
    public static PullAnswer Failed(string code, string description) => new(null, $"rpc error: code = {code} desc = {description}");
}
