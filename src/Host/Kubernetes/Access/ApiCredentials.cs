using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using k8s.Authentication;

namespace CacheMachine.Host.Kubernetes.Access;

/// <summary>What requests authenticate with. Safe for many threads.</summary>
internal abstract class ApiCredentials : ITokenProvider
{
    /// <summary>For an API server behind <c>kubectl proxy</c>, or a simulated one.</summary>
    public static ApiCredentials Anonymous { get; } = new FileCredentials(null, null, null);

    /// <summary>Presented in the next TLS handshake; null for none.</summary>
    public abstract X509Certificate2? Certificate { get; }

    /// <summary>For the next request; null for none.</summary>
    /// <exception cref="KubernetesConfigException">It cannot be had; the message says which field and why.</exception>
    public abstract Task<AuthenticationHeaderValue?> GetAuthenticationHeaderAsync(CancellationToken cancellationToken);

    /// <summary>The server answered 401 to <paramref name="refused"/>: reads the files again, or runs the plugin again.</summary>
    /// <returns>Another one, or null where there is no other.</returns>
    public abstract Task<AuthenticationHeaderValue?> RenewAsync(AuthenticationHeaderValue? refused, CancellationToken cancellationToken);
}

/// <summary>A header, or the token in a file that is replaced while the process runs; a client certificate besides, or alone.</summary>
/// <param name="header">Fixed; null for none.</param>
/// <param name="tokenFile">Instead of <paramref name="header"/>.</param>
/// <param name="certificate">Null for none.</param>
internal sealed class FileCredentials(AuthenticationHeaderValue? header, FollowedFile? tokenFile, ClientCertificate? certificate) : ApiCredentials
{
    public override X509Certificate2? Certificate => certificate?.Read();

    public override Task<AuthenticationHeaderValue?> GetAuthenticationHeaderAsync(CancellationToken cancellationToken) =>
        Task.FromResult(tokenFile is null ? header : Bearer(tokenFile.Read()));

    public override Task<AuthenticationHeaderValue?> RenewAsync(AuthenticationHeaderValue? refused, CancellationToken cancellationToken) =>
        Task.FromResult(tokenFile is not null && Bearer(tokenFile.Read(fresh: true)) is var read && !read.Equals(refused) ? read : null);

    internal static AuthenticationHeaderValue Bearer(string token) => new("Bearer", token.Trim());
}
