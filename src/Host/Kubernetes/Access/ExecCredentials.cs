using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;

namespace CacheMachine.Host.Kubernetes.Access;

/// <summary>
/// Credentials of an exec plugin: kept until the plugin's expirationTimestamp (without one, until the server refuses them), and got again after
/// a 401. The plugin runs once at a time for all who ask; one of them going away does not stop it.
/// </summary>
internal sealed class ExecCredentials(ExecPlugin plugin, ClientCertificate? certificate, TimeProvider time) : ApiCredentials
{
    private readonly Lock _gate = new();
    private Held? _held;
    private Task<Held>? _running;

    public override X509Certificate2? Certificate => Known()?.Certificate ?? certificate?.Read();

    public override async Task<AuthenticationHeaderValue?> GetAuthenticationHeaderAsync(CancellationToken cancellationToken) =>
        (await GetAsync(cancellationToken)).Header;

    public override async Task<AuthenticationHeaderValue?> RenewAsync(AuthenticationHeaderValue? refused, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (Equals(_held?.Header, refused))
                _held = null;
        }
        return await GetAuthenticationHeaderAsync(cancellationToken) is { } header && !header.Equals(refused) ? header : null;
    }

    private Held? Known()
    {
        lock (_gate)
            return _held;
    }

    private Task<Held> GetAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_held is { } held && (held.Expires is null || time.GetUtcNow() < held.Expires))
                return Task.FromResult(held);
            if (_running is null or { IsCompleted: true })
                _running = Task.Run(RunAsync, CancellationToken.None);
            return _running.WaitAsync(cancellationToken);
        }
    }

    private async Task<Held> RunAsync()
    {
        var status = await plugin.RunAsync(CancellationToken.None);
        var held = new Held(
            string.IsNullOrEmpty(status.Token) ? null : FileCredentials.Bearer(status.Token),
            status.ClientCertificateData is { } pem ? ClientCertificate.FromPem(pem, status.ClientKeyData!, plugin.What) : null,
            status.ExpirationTimestamp);
        lock (_gate)
            _held = held;
        return held;
    }

    private sealed record Held(AuthenticationHeaderValue? Header, X509Certificate2? Certificate, DateTimeOffset? Expires);
}
