using CacheMachine.Actors.CacheMachines;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Ports;
using CacheMachine.Actors.Pulling;
using CacheMachine.Host.Adapters;

namespace CacheMachine.Host.Tests.Adapters;

public sealed class FencedClusterApiTests
{
    [Fact]
    public async Task Who_does_not_own_the_machine_any_more_changes_nothing()
    {
        var (inner, owned) = (new Recorder(), true);
        var api = new FencedClusterApi(inner, "machine m", () => owned);
        Assert.True(await api.DeletePullAsync("m-1", CancellationToken.None));
        await api.TellAsync(new PullNews("m-1", "Pulled", "done", false), CancellationToken.None);
        Assert.Equal(["delete m-1", "tell m-1"], inner.Calls);

        owned = false;
        var error = await Assert.ThrowsAsync<PortException>(() => api.DeletePullAsync("m-1", CancellationToken.None));
        Assert.Equal("delete daemonset m-1: this replica does not own machine m any more, so nothing was done", error.Message);
        await Assert.ThrowsAsync<PortException>(() => api.EnsurePullAsync(Order, CancellationToken.None));
        await Assert.ThrowsAsync<PortException>(() => api.TellAsync(new PullNews("m-1", "Pulled", "done", false), CancellationToken.None));
        Assert.Equal(2, inner.Calls.Count);
    }

    private static PullOrder Order => new("m-1", "a:1", "Always", PullTargets.Everywhere, new MachineSpec { Name = "m" });

    private sealed class Recorder : IClusterApi
    {
        public List<string> Calls { get; } = [];

        public Task WatchAsync(Action<ClusterChange> onChange, CancellationToken cancellationToken) => Task.CompletedTask;

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
}
