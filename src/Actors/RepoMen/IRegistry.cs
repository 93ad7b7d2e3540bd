namespace CacheMachine.Actors.RepoMen;

/// <summary>Image registries as the actors need them. Every call fails with <see cref="PortException"/>.</summary>
public interface IRegistry
{
    /// <summary>All tags of a repository, in the registry's order; empty for a repository without tags.</summary>
    /// <param name="registry">Host, with a port where it has one.</param>
    /// <param name="repository">For example <c>lsstsqre/sciplat-lab</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<string>> ListTagsAsync(string registry, string repository, CancellationToken cancellationToken);

    /// <summary>The digest (<c>sha256:...</c>) that a tag has now, as a container runtime reports it; null where the tag does not exist (any more).</summary>
    Task<string?> GetDigestAsync(string registry, string repository, string tag, CancellationToken cancellationToken);
}
