using CacheMachine.Actors.Pulling;

namespace CacheMachine.Host.Tests.Clustering.Fencing;

/// <summary>DaemonSets that keep what is asked of them.</summary>
internal sealed class Recorder : IPulls
{
    public List<string> Calls { get; } = [];

    public Task<EnsuredPull> EnsurePullAsync(PullOrder order, CancellationToken cancellationToken)
    {
        Calls.Add($"ensure {order.Name}");
        return Task.FromResult(new EnsuredPull("uid", EnsuredHow.Created));
    }

    public Task<bool> DeletePullAsync(string name, CancellationToken cancellationToken)
    {
        Calls.Add($"delete {name}");
        return Task.FromResult(true);
    }

    public Task TellAsync(PullNews news, CancellationToken cancellationToken)
    {
        Calls.Add($"tell {news.Pull}");
        return Task.CompletedTask;
    }
}
