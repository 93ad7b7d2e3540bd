using System.Collections.Concurrent;
using CacheMachine.Actors;
using CacheMachine.Actors.RepoMen;

namespace CacheMachine.Host.Registries;

/// <summary>Image registries, by the OCI distribution protocol.</summary>
/// <param name="client">The client.</param>
/// <param name="time">Clock.</param>
public sealed class RegistryApi(RegistryClient client, TimeProvider time) : IRegistry
{
    private static readonly TimeSpan WithoutRetryAfter = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _limited = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListTagsAsync(string registry, string repository, CancellationToken cancellationToken) =>
        AskAsync(registry, () => client.ListTagsAsync(registry, repository, cancellationToken));

    /// <inheritdoc/>
    public Task<string?> GetDigestAsync(string registry, string repository, string tag, CancellationToken cancellationToken) =>
        AskAsync(registry, async () =>
        {
            try
            {
                return (string?)await client.GetDigestAsync(registry, repository, tag, cancellationToken);
            }
            catch (RegistryException e) when (e.Kind == RegistryErrorKind.NotFound)
            {
                return null;
            }
        });

    // A registry that limits requests limits ours together: until it is over, none is sent to it.
    private async Task<T> AskAsync<T>(string registry, Func<Task<T>> ask)
    {
        if (_limited.TryGetValue(registry, out var until) && until - time.GetUtcNow() is { Ticks: > 0 } left)
            throw new PortException($"the registry {registry} has asked for fewer requests; none is sent for {Words.Of(left)}", left) { LimitedBy = registry };
        try
        {
            return await ask();
        }
        catch (RegistryException e) when (e.Kind == RegistryErrorKind.RateLimited)
        {
            var wait = e.RetryAfter ?? WithoutRetryAfter;
            _limited[registry] = time.GetUtcNow() + wait;
            throw new PortException(e.Message, wait, e) { LimitedBy = registry };
        }
        catch (RegistryException e)
        {
            throw new PortException(e.Message, e.RetryAfter, e);
        }
    }
}
