using CacheMachine.Actors.Ports;
using CacheMachine.Registry;

namespace CacheMachine.Host.Adapters;

/// <summary>Image registries, by the OCI distribution protocol.</summary>
/// <param name="client">The client.</param>
public sealed class RegistryApi(RegistryClient client) : IRegistryApi
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListTagsAsync(string registry, string repository, CancellationToken cancellationToken)
    {
        try
        {
            return await client.ListTagsAsync(registry, repository, cancellationToken);
        }
        catch (RegistryException e)
        {
            throw new PortException(e.Message, e.RetryAfter, e);
        }
    }

    /// <inheritdoc/>
    public async Task<string?> GetDigestAsync(string registry, string repository, string tag, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetDigestAsync(registry, repository, tag, cancellationToken);
        }
        catch (RegistryException e) when (e.Kind == RegistryErrorKind.NotFound)
        {
            return null;
        }
        catch (RegistryException e)
        {
            throw new PortException(e.Message, e.RetryAfter, e);
        }
    }
}
