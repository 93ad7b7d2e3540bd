using CacheMachine.Actors.Specs;

namespace CacheMachine.Actors.RepoMen;

/// <summary>A fixed list of images. It asks nobody, so it lists once.</summary>
public sealed class SimpleRepoMan(SimpleRepoManSpec spec) : IRepoMan
{
    /// <inheritdoc/>
    public string Source => "the images of its spec";

    /// <inheritdoc/>
    public TimeSpan? PollInterval => null;

    /// <inheritdoc/>
    public Task<RepoList> ListAsync(CancellationToken cancellationToken) => Task.FromResult(new RepoList(spec.Images, []));
}
