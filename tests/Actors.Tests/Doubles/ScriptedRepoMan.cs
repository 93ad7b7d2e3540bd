using System.Collections.Concurrent;
using CacheMachine.Actors.RepoMen;

namespace CacheMachine.Actors.Tests.Doubles;

/// <summary>A repository manager whose every listing waits for the test.</summary>
internal sealed class ScriptedRepoMan(TimeSpan? pollInterval) : IRepoMan
{
    /// <summary>The listings that were asked for, in order.</summary>
    public ConcurrentQueue<(TaskCompletionSource<RepoList> Answer, CancellationToken Cancelled)> Listings { get; } = new();

    public string Source => "registry.example/lab";

    public TimeSpan? PollInterval => pollInterval;

    public Task<RepoList> ListAsync(CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<RepoList>();
        Listings.Enqueue((answer, cancellationToken));
        return answer.Task;
    }
}
