using System.Net.Http.Headers;
using CacheMachine.Host.Registries.Http;

namespace CacheMachine.Host.Registries.Auth;

/// <summary>
/// How one (registry, scope) wants to be asked, learned from its last challenge, with the token for it. All who need a
/// token while one is being fetched wait for that one.
/// </summary>
internal sealed class Grant(Func<Challenge, Credential?, Task<BearerToken>> fetch, TimeProvider time)
{
    private readonly Lock _gate = new();
    private Challenge? _challenge;
    private Credential? _credential;
    private Task<BearerToken>? _token;

    /// <summary>The header to begin with; null while there was no challenge, or none with this credential.</summary>
    public async Task<AuthenticationHeaderValue?> CurrentAsync(Credential? credential, CancellationToken cancellationToken)
    {
        Task<BearerToken> token;
        lock (_gate)
        {
            if (_challenge is null || _credential != credential) return null;
            if (_challenge.IsBasic) return credential?.ToBasic();
            if (_token is null || IsSpent(_token)) _token = fetch(_challenge, credential);
            token = _token;
        }

        return ToHeader(await token.WaitAsync(cancellationToken));
    }

    /// <summary>The header that answers a challenge, given what was rejected (null for an anonymous request).</summary>
    public async Task<AuthenticationHeaderValue?> AnswerAsync(
        Challenge challenge, Credential? credential, AuthenticationHeaderValue? rejected, CancellationToken cancellationToken)
    {
        Task<BearerToken> token;
        lock (_gate)
        {
            var sameCredential = _credential == credential;
            (_challenge, _credential) = (challenge, credential);
            if (challenge.IsBasic)
            {
                _token = null;
                return credential?.ToBasic();
            }

            // Another request may have fetched a new token since the rejected one was sent.
            var isNewer = _token is { } current && sameCredential && !IsSpent(current)
                && !(current.IsCompletedSuccessfully && current.Result.Value == rejected?.Parameter);
            if (!isNewer) _token = fetch(challenge, credential);
            token = _token!;
        }

        return ToHeader(await token.WaitAsync(cancellationToken));
    }

    private bool IsSpent(Task<BearerToken> token) =>
        token.IsCompleted && !(token.IsCompletedSuccessfully && token.Result.UsableUntil > time.GetUtcNow());

    private static AuthenticationHeaderValue ToHeader(BearerToken token) => new("Bearer", token.Value);
}
