namespace CacheMachine.Kubernetes.Config;

/// <summary>
/// Credentials of an exec plugin: kept until the plugin's expirationTimestamp (without one, until the server refuses
/// them), and got again after a 401. The plugin runs once at a time for all who ask; one of them going away does not stop it.
/// </summary>
internal sealed class ExecCredentials(ExecPlugin plugin, CertificateFiles? fixedCertificate, TimeProvider time) : CredentialSource
{
    private readonly Lock _gate = new();
    private Held? _held;
    private Task<Credential>? _running;

    /// <inheritdoc/>
    public override ValueTask<Credential> GetAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_held is { } held && (held.Expires is null || time.GetUtcNow() < held.Expires))
                return new ValueTask<Credential>(held.Credential);
            if (_running is null or { IsCompleted: true })
                _running = Task.Run(RunAsync, CancellationToken.None);
            return new ValueTask<Credential>(_running.WaitAsync(cancellationToken));
        }
    }

    /// <inheritdoc/>
    public override bool Rejected(Credential credential)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_held?.Credential, credential))
                _held = null;
            return true;
        }
    }

    private async Task<Credential> RunAsync()
    {
        var status = await plugin.RunAsync(CancellationToken.None);
        var certificate = status.ClientCertificateData is { } pem
            ? ClientCertificate.FromPem(pem, status.ClientKeyData!, plugin.What)
            : fixedCertificate?.Read(fresh: false);
        var header = string.IsNullOrEmpty(status.Token) ? null : StaticCredentials.Bearer(status.Token);
        var credential = new Credential(header, certificate);
        lock (_gate)
            _held = new Held(credential, status.ExpirationTimestamp);
        return credential;
    }

    private sealed record Held(Credential Credential, DateTimeOffset? Expires);
}
