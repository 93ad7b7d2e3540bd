using System.Collections.Concurrent;
using CacheMachine.Host.Registries.Http;

namespace CacheMachine.Host.Registries.Auth;

/// <summary>Sends requests to a registry and answers its challenges, once each.</summary>
internal sealed class Authorizer(
    RegistryTransport transport, TokenClient tokens, DockerConfigFile credentials, RegistryFaults faults, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<(string Registry, string Repository), Grant> _grants = new();
    private readonly CancellationTokenSource _disposed = new();

    /// <summary>Sends with the right to pull from the repository, as far as the credentials give it. Any status but 401 comes back.</summary>
    public async Task<RegistryResponse> SendAsync(
        RegistryEndpoint registry, string repository, RegistryRequest request, CancellationToken cancellationToken)
    {
        var credential = credentials.Find(registry.Name, repository);
        request = request with { IsToKnownHost = registry.IsKnownWith(credential) };
        var grant = GrantFor(registry, repository);
        var authorization = await grant.CurrentAsync(credential, cancellationToken);
        var response = await transport.SendAsync(request with { Authorization = authorization }, cancellationToken);
        if (response.Status != 401) return response;

        var challenges = Challenge.Parse(response.Raw("WWW-Authenticate"));
        if (Choose(challenges, credential) is { } challenge)
        {
            var answer = await grant.AnswerAsync(challenge, credential, authorization, cancellationToken);
            if (answer is not null && !answer.Equals(authorization))
            {
                response = await transport.SendAsync(request with { Authorization = answer }, cancellationToken);
                if (response.Status != 401) return response;
            }
        }

        throw faults.ErrorOf(response, credential is null ? " anonymously" : " with credentials");
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _disposed.Dispose();
    }

    // A bearer challenge can be answered without credentials, a basic one cannot.
    private static Challenge? Choose(IReadOnlyList<Challenge> challenges, Credential? credential) =>
        challenges.FirstOrDefault(challenge => challenge.IsBearer && challenge.Parameter("realm") is not null)
        ?? challenges.FirstOrDefault(challenge => challenge.IsBasic && credential is { IdentityToken: null });

    // A fetch serves all who wait for it, so none of them can cancel it; the transport's time limit ends it.
    private Grant GrantFor(RegistryEndpoint registry, string repository) => _grants.GetOrAdd(
        (registry.Name, repository),
        _ => new Grant((challenge, credential) => tokens.FetchAsync(registry, repository, challenge, credential, _disposed.Token), time));
}
