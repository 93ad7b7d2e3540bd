using System.Collections.Concurrent;
using CacheMachine.Runtime.Sharding;

namespace CacheMachine.Host.Tests.Adapters.Leases;

/// <summary>A store of leases that the suite runs on, empty at first.</summary>
public interface ILeaseTarget : IAsyncDisposable
{
    /// <summary>A client.</summary>
    ILeaseStore Leases { get; }

    /// <summary>Another client of the same store.</summary>
    ILeaseStore Other { get; }

    /// <summary>Breaks the watches of <see cref="Leases"/>; the next try succeeds.</summary>
    Task BreakWatchesAsync();
}

/// <summary>What <see cref="ILeaseStore"/> promises.</summary>
public abstract class LeaseStoreConformance : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly DateTimeOffset At = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero).AddMicroseconds(123456);

    private ILeaseTarget _target = null!;

    private ILeaseStore Leases => _target.Leases;

    protected abstract Task<ILeaseTarget> StartAsync();

    public async Task InitializeAsync() => _target = await StartAsync();

    public async Task DisposeAsync() => await _target.DisposeAsync();

    [Fact]
    public async Task A_new_lease_is_stored_as_it_is_and_gets_a_version()
    {
        var made = await Leases.WriteAsync(New("shard-0"), default);

        Assert.Equal(New("shard-0"), made! with { Version = null });
        Assert.False(string.IsNullOrEmpty(made.Version));
    }

    [Fact]
    public async Task A_lease_may_have_no_holder()
    {
        var made = await Leases.WriteAsync(New("shard-0") with { Holder = null, Address = null }, default);

        Assert.Equal(((string?)null, (string?)null), (made!.Holder, made.Address));
    }

    [Fact]
    public async Task A_lease_that_is_there_is_not_created_again()
    {
        var made = await Leases.WriteAsync(New("shard-0"), default);

        Assert.Null(await _target.Other.WriteAsync(New("shard-0", "b"), default));
        Assert.Equal([made!], await ListAsync());
    }

    [Fact]
    public async Task With_its_version_a_lease_is_replaced_and_has_another_version()
    {
        var made = await Leases.WriteAsync(New("shard-0"), default);
        var wanted = made! with { Holder = "b", Address = "http://b", Transitions = 1, RenewedAt = At.AddSeconds(5), Duration = TimeSpan.FromSeconds(30) };

        var written = await _target.Other.WriteAsync(wanted, default);

        Assert.Equal(wanted, written! with { Version = made.Version });
        Assert.NotEqual(made.Version, written.Version);
        Assert.Equal([written], await ListAsync());
    }

    [Fact]
    public async Task With_an_older_version_nothing_is_written()
    {
        var made = await Leases.WriteAsync(New("shard-0"), default);
        var written = await Leases.WriteAsync(made! with { Transitions = 1 }, default);

        Assert.Null(await _target.Other.WriteAsync(made! with { Holder = "b" }, default));
        Assert.Equal([written!], await ListAsync());
    }

    [Fact]
    public async Task A_lease_that_is_gone_is_not_written_by_its_version()
    {
        var made = await Leases.WriteAsync(New("shard-0"), default);
        await Leases.DeleteAsync("shard-0", made!.Version!, default);

        Assert.Null(await Leases.WriteAsync(made, default));
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_lease_that_was_made_anew_is_not_written_by_the_version_of_the_old_one()
    {
        var first = await Leases.WriteAsync(New("shard-0"), default);
        await Leases.DeleteAsync("shard-0", first!.Version!, default);
        var second = await Leases.WriteAsync(New("shard-0"), default);

        Assert.Null(await Leases.WriteAsync(first with { Holder = "b" }, default));
        await Leases.DeleteAsync("shard-0", first.Version!, default);
        Assert.Equal([second!], await ListAsync());
    }

    [Fact]
    public async Task Only_with_its_version_a_lease_is_deleted()
    {
        var made = await Leases.WriteAsync(New("shard-0"), default);
        var written = await Leases.WriteAsync(made! with { Transitions = 1 }, default);

        await _target.Other.DeleteAsync("shard-0", made!.Version!, default);
        Assert.Equal([written!], await ListAsync());
        await _target.Other.DeleteAsync("shard-0", written!.Version!, default);
        Assert.Empty(await ListAsync());
        await _target.Other.DeleteAsync("shard-0", written.Version!, default);
    }

    [Fact]
    public async Task A_watch_lists_what_was_made_before_and_tells_what_happens_in_order()
    {
        var first = await Leases.WriteAsync(New("shard-0"), default);
        await using var watch = new Watching(Leases);
        await watch.UntilAsync(changes => changes is [LeaseChange.Listed]);

        var second = await _target.Other.WriteAsync(New("shard-1"), default);
        var changed = await Leases.WriteAsync(first! with { Holder = null, Address = null }, default);
        await Leases.DeleteAsync("shard-1", second!.Version!, default);
        await watch.UntilAsync(changes => changes.Count == 4);

        Assert.Equal(first, Assert.Single(Assert.IsType<LeaseChange.Listed>(watch.Changes[0]).Leases));
        Assert.Equal(
            [new LeaseChange.Written(second), new LeaseChange.Written(changed!), new LeaseChange.Deleted("shard-1")], watch.Changes.Skip(1));
    }

    [Fact]
    public async Task Of_many_writers_exactly_one_wins()
    {
        var made = await Leases.WriteAsync(New("shard-0"), default);

        var creators = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Either(i).WriteAsync(New("shard-1", $"r{i}"), default))));
        var writers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Either(i).WriteAsync(made! with { Holder = $"r{i}" }, default))));

        var created = Assert.Single(creators.OfType<LeaseRecord>());
        var won = Assert.Single(writers.OfType<LeaseRecord>());
        Assert.Equal([won, created], await ListAsync());
    }

    [Fact]
    public async Task A_broken_watch_resumes_and_misses_nothing()
    {
        var first = await Leases.WriteAsync(New("shard-0"), default);
        await using var watch = new Watching(Leases);
        await watch.UntilAsync(changes => changes is [LeaseChange.Listed]);

        await _target.BreakWatchesAsync();
        await _target.Other.DeleteAsync("shard-0", first!.Version!, default);
        var second = await _target.Other.WriteAsync(New("shard-1"), default);

        await watch.UntilAsync(changes => View(changes) is [var only] && only == second);
    }

    [Fact]
    public async Task A_watch_ends_when_it_is_cancelled()
    {
        using var stop = new CancellationTokenSource();
        var watch = Leases.WatchAsync(_ => { }, stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_duration_is_whole_seconds()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Leases.WriteAsync(New("shard-0") with { Duration = TimeSpan.FromMilliseconds(1500) }, default));
        await Assert.ThrowsAsync<ArgumentException>(() => Leases.WriteAsync(New("shard-0") with { Duration = TimeSpan.Zero }, default));
    }

    private ILeaseStore Either(int i) => i % 2 == 0 ? Leases : _target.Other;

    private static LeaseRecord New(string name, string holder = "a") =>
        new(name, holder, $"http://{holder}:8081", TimeSpan.FromSeconds(15), At, At.AddSeconds(1), 0, null);

    private async Task<IEnumerable<LeaseRecord>> ListAsync()
    {
        await using var watch = new Watching(Leases);
        await watch.UntilAsync(changes => changes is [LeaseChange.Listed, ..]);
        return View([watch.Changes[0]]);
    }

    /// <summary>What is known after these changes, by name.</summary>
    private static List<LeaseRecord> View(IReadOnlyList<LeaseChange> changes)
    {
        var view = new SortedDictionary<string, LeaseRecord>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            if (change is LeaseChange.Listed listed)
            {
                view.Clear();
                foreach (var lease in listed.Leases)
                    view.Add(lease.Name, lease);
            }
            else if (change is LeaseChange.Written written)
            {
                view[written.Lease.Name] = written.Lease;
            }
            else if (change is LeaseChange.Deleted deleted)
            {
                view.Remove(deleted.Name);
            }
        }

        return [.. view.Values];
    }

    private sealed class Watching : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly ConcurrentQueue<LeaseChange> _changes = new();
        private readonly SemaphoreSlim _news = new(0);
        private readonly Task _watch;

        public Watching(ILeaseStore leases) => _watch = leases.WatchAsync(
            change =>
            {
                _changes.Enqueue(change);
                _news.Release();
            },
            _stop.Token);

        public IReadOnlyList<LeaseChange> Changes => [.. _changes];

        public async Task UntilAsync(Func<IReadOnlyList<LeaseChange>, bool> condition)
        {
            while (!condition(Changes))
            {
                if (!await _news.WaitAsync(Patience))
                    throw new TimeoutException($"waited in vain; what came: {string.Join(" | ", Changes)}");
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Dispose();
            _news.Dispose();
        }
    }
}
