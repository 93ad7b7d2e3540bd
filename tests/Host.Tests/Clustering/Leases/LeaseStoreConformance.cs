using CacheMachine.Host.Clustering.Leases;

namespace CacheMachine.Host.Tests.Clustering.Leases;

/// <summary>A store of Leases that the suite runs on.</summary>
internal interface ILeaseTarget : IAsyncDisposable
{
    /// <summary>A client.</summary>
    ILeaseStore Leases { get; }

    /// <summary>Another client of the same store.</summary>
    ILeaseStore Other { get; }

    /// <summary>Removes a Lease, as an operator may.</summary>
    Task DeleteAsync(string name);
}

/// <summary>What <see cref="ILeaseStore"/> promises.</summary>
public abstract class LeaseStoreConformance : IAsyncLifetime
{
    private static readonly DateTimeOffset At = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero).AddMicroseconds(123456);

    private readonly string _name = $"conformance-{Guid.NewGuid():N}"[..24];
    private ILeaseTarget _target = null!;

    private ILeaseStore Leases => _target.Leases;

    private LeaseRecord New => new(_name, "a", TimeSpan.FromSeconds(15), At, At.AddSeconds(1), 0, null);

    private protected abstract Task<ILeaseTarget> StartAsync();

    public async Task InitializeAsync() => _target = await StartAsync();

    public async Task DisposeAsync()
    {
        await _target.DeleteAsync(_name);
        await _target.DisposeAsync();
    }

    [Fact]
    public async Task There_is_no_Lease_before_one_is_written() => Assert.Null(await Leases.ReadAsync(_name, default));

    [Fact]
    public async Task A_new_Lease_is_stored_as_it_is_and_gets_a_version()
    {
        var made = await Leases.WriteAsync(New, default);

        Assert.Equal(New, made! with { Version = null });
        Assert.False(string.IsNullOrEmpty(made.Version));
        Assert.Equal(made, await _target.Other.ReadAsync(_name, default));
    }

    [Fact]
    public async Task A_Lease_may_have_no_holder()
    {
        var made = await Leases.WriteAsync(New with { Holder = null }, default);

        Assert.Null(made!.Holder);
        Assert.Null((await Leases.ReadAsync(_name, default))!.Holder);
    }

    [Fact]
    public async Task A_Lease_that_is_there_is_not_created_again()
    {
        var made = await Leases.WriteAsync(New, default);

        Assert.Null(await _target.Other.WriteAsync(New with { Holder = "b" }, default));
        Assert.Equal(made, await Leases.ReadAsync(_name, default));
    }

    [Fact]
    public async Task With_its_version_a_Lease_is_replaced_and_has_another_version()
    {
        var made = await Leases.WriteAsync(New, default);
        var wanted = made! with { Holder = "b", Transitions = 1, RenewedAt = At.AddSeconds(5), Duration = TimeSpan.FromSeconds(30) };

        var written = await _target.Other.WriteAsync(wanted, default);

        Assert.Equal(wanted, written! with { Version = made.Version });
        Assert.NotEqual(made.Version, written.Version);
        Assert.Equal(written, await Leases.ReadAsync(_name, default));
    }

    [Fact]
    public async Task With_an_older_version_nothing_is_written()
    {
        var made = await Leases.WriteAsync(New, default);
        var written = await Leases.WriteAsync(made! with { Transitions = 1 }, default);

        Assert.Null(await _target.Other.WriteAsync(made with { Holder = "b" }, default));
        Assert.Equal(written, await Leases.ReadAsync(_name, default));
    }

    [Fact]
    public async Task A_Lease_that_is_gone_is_not_written_by_its_version()
    {
        var made = await Leases.WriteAsync(New, default);
        await _target.DeleteAsync(_name);

        Assert.Null(await Leases.WriteAsync(made!, default));
        Assert.Null(await Leases.ReadAsync(_name, default));
    }

    [Fact]
    public async Task A_Lease_that_was_made_anew_is_not_written_by_the_version_of_the_old_one()
    {
        var first = await Leases.WriteAsync(New, default);
        await _target.DeleteAsync(_name);
        var second = await Leases.WriteAsync(New, default);

        Assert.Null(await Leases.WriteAsync(first! with { Holder = "b" }, default));
        Assert.Equal(second, await Leases.ReadAsync(_name, default));
    }

    [Fact]
    public async Task Of_many_writers_exactly_one_wins()
    {
        var creators = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Either(i).WriteAsync(New with { Holder = $"r{i}" }, default))));
        var created = Assert.Single(creators.OfType<LeaseRecord>());

        var writers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Either(i).WriteAsync(created with { Holder = $"w{i}" }, default))));

        Assert.Equal(Assert.Single(writers.OfType<LeaseRecord>()), await Leases.ReadAsync(_name, default));
    }

    [Fact]
    public async Task A_call_ends_when_it_is_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        if (Leases is not MemoryLeases)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Leases.ReadAsync(_name, cancelled.Token));
    }

    [Fact]
    public async Task A_duration_is_whole_seconds()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Leases.WriteAsync(New with { Duration = TimeSpan.FromMilliseconds(1500) }, default));
        await Assert.ThrowsAsync<ArgumentException>(() => Leases.WriteAsync(New with { Duration = TimeSpan.Zero }, default));
    }

    private ILeaseStore Either(int i) => i % 2 == 0 ? Leases : _target.Other;
}
