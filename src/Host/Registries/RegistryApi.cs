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

    private readonly ConcurrentDictionary<string, Limit> _limits = new(StringComparer.Ordinal);

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
        if (_limits.TryGetValue(registry, out var limit) && limit.Until - time.GetUtcNow() is { Ticks: > 0 } left)
        {
            var message = $"the registry {registry} has asked for fewer requests; none is sent for {Words.Of(left)}";
            throw Limited(registry, limit, message, left);
        }

        try
        {
            return await ask();
        }
        catch (RegistryException e) when (e.Kind == RegistryErrorKind.RateLimited)
        {
            var wait = e.RetryAfter ?? WithoutRetryAfter;
            _limits[registry] = limit = new(time.GetUtcNow() + wait, e.Reason, e.MayBeTold);
            throw Limited(registry, limit, e.Message, wait);
        }
        catch (RegistryException e)
        {
            throw new PortException(e.MayBeTold ? e.Message : Untold(registry), e.MayBeTold ? e.RetryAfter : null, e)
            {
                Detail = e.Message,
                Reason = e.Reason,
            };
        }
    }

    private static PortException Limited(string registry, Limit limit, string message, TimeSpan wait) =>
        new(limit.MayBeTold ? message : Untold(registry), wait) { LimitedBy = registry, Detail = message, Reason = limit.Reason };

    // The same for a port that is closed, one that speaks something else, and a name without an address.
    private static string Untold(string registry) => $"the registry {registry} cannot be reached, or is not a registry; the log says more";

    private sealed record Limit(DateTimeOffset Until, string Reason, bool MayBeTold);
}
