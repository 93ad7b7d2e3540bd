namespace CacheMachine.Kubernetes.Config;

/// <summary>Gives each request its credential; knows how to get a new one. Safe for many threads.</summary>
public abstract class CredentialSource
{
    /// <summary>No credentials at all: for an API server behind <c>kubectl proxy</c>, or a simulator.</summary>
    public static CredentialSource Anonymous { get; } = new StaticCredentials(Credential.Anonymous);

    /// <summary>The present credential; may run a plugin or read a file first.</summary>
    /// <exception cref="KubernetesConfigException">It cannot be had; the message says which field and why.</exception>
    public abstract ValueTask<Credential> GetAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The server answered 401 to this credential. True when <see cref="GetAsync"/> may now give another one, so that one
    /// more try makes sense.
    /// </summary>
    public virtual bool Rejected(Credential credential) => false;
}
