using CacheMachine.Kubernetes.Config;

namespace CacheMachine.Kubernetes.Http;

/// <summary>
/// The connection pool of the present client certificate. When the certificate is another one, a new pool begins, because a
/// connection is authenticated once, in its handshake. The previous pool is kept until the next change, for requests that have it.
/// </summary>
internal sealed class HandlerPool(KubernetesConfig config, KubernetesClientOptions options) : IDisposable
{
    private readonly Lock _gate = new();
    private ClientCertificate? _certificate;
    private HttpMessageInvoker? _current;
    private HttpMessageInvoker? _previous;
    private bool _disposed;

    public ServerCertificateValidator Validator { get; } = new(config.Tls);

    public HttpMessageInvoker For(ClientCertificate? certificate)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_current is null || !ReferenceEquals(certificate, _certificate))
            {
                _previous?.Dispose();
                _previous = _current;
                _current = new HttpMessageInvoker(HandlerFactory.Create(config, options, Validator, certificate));
                _certificate = certificate;
            }

            return _current;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _previous?.Dispose();
            _current?.Dispose();
        }
    }
}
