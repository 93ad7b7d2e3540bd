using Akka.Event;
using CacheMachine.Host.Clustering.Leases;
using CacheMachine.TestKit;

namespace CacheMachine.Host.Tests.Clustering.Leases;

/// <summary>Replicas a, b and c, whose clocks stand still until told otherwise, and one store of Leases.</summary>
public sealed class KeptLeaseTests : IDisposable
{
    private const string Name = "cachemachine-supervisor";

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10), Interval = TimeSpan.FromSeconds(3), Patience = TimeSpan.FromMinutes(5);

    private readonly VirtualTimeProvider _time = new();
    private readonly MemoryLeases _store = new();
    private readonly List<KeptLease> _made = [];
    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);

    public void Dispose() => _made.ForEach(lease => lease.Dispose());

    [Fact]
    public async Task A_free_Lease_is_taken_and_renewed()
    {
        var a = Lease("a");
        Assert.True(await a.AcquireAsync(null));
        var taken = _store[Name]!;
        Assert.Equal(("a", Duration, 0), (taken.Holder, taken.Duration, taken.Transitions));

        Pass(Interval);

        Assert.Equal(taken.AcquiredAt, _store[Name]!.AcquiredAt);
        Assert.Equal(taken.RenewedAt + Interval, _store[Name]!.RenewedAt);
        Pass(TimeSpan.FromMinutes(10));
        Assert.True(a.IsHeld);
    }

    [Fact]
    public async Task Who_asks_for_a_Lease_of_another_hears_no_as_soon_as_that_one_renews_it()
    {
        await Lease("a").AcquireAsync(null);
        Pass(TimeSpan.FromSeconds(1));

        var asked = Lease("b").AcquireAsync(null);
        Pass(TimeSpan.FromSeconds(1));
        Assert.False(asked.IsCompleted);
        Pass(Interval);

        Assert.False(await asked);
        Assert.Equal("a", _store[Name]!.Holder);
    }

    [Fact]
    public async Task The_Lease_of_a_dead_replica_is_taken_after_its_duration_which_counts_from_when_its_last_renewal_was_seen()
    {
        var (a, b) = (Lease("a"), Lease("b"));
        await a.AcquireAsync(null);
        Pass(2 * Interval);
        a.Dispose();
        // Nobody asks yet, but b looks.
        Pass(TimeSpan.FromSeconds(8));

        var asked = b.AcquireAsync(null);
        Assert.False(asked.IsCompleted);
        Pass(TimeSpan.FromSeconds(3));

        Assert.True(await asked);
        Assert.Equal(("b", 1), (_store[Name]!.Holder, _store[Name]!.Transitions));
    }

    [Fact]
    public async Task The_clock_of_the_holder_does_not_matter()
    {
        var ages = TimeSpan.FromDays(365);
        await _store.WriteAsync(LeaseRecord.Taken(Name, "x", Duration, _time.GetUtcNow() - ages, null), default);
        var asked = Lease("b").AcquireAsync(null);
        Pass(Duration - TimeSpan.FromSeconds(1));
        Assert.False(asked.IsCompleted);
        Pass(TimeSpan.FromSeconds(2));
        Assert.True(await asked);
    }

    [Fact]
    public async Task A_Lease_that_was_given_back_is_taken_at_once()
    {
        var a = Lease("a");
        await a.AcquireAsync(null);
        Pass(Interval);

        Assert.True(await a.ReleaseAsync());

        Assert.False(a.IsHeld);
        Assert.True(await Lease("b").AcquireAsync(null));
        Pass(Interval);
        Assert.Equal("b", _store[Name]!.Holder);
    }

    [Fact]
    public async Task Who_asks_for_it_and_gives_it_back_before_it_has_it_does_not_get_it()
    {
        await Lease("a").AcquireAsync(null);
        var b = Lease("b");
        var asked = b.AcquireAsync(null);

        await b.ReleaseAsync();
        Pass(TimeSpan.FromSeconds(1));

        Assert.False(await asked);
        Assert.False(b.IsHeld);
    }

    [Fact]
    public async Task A_Lease_that_another_has_taken_is_lost()
    {
        var (a, losses) = (Lease("a"), new List<Exception?>());
        await a.AcquireAsync(losses.Add);
        await _store.WriteAsync(LeaseRecord.Taken(Name, "b", Duration, _time.GetUtcNow(), _store[Name]), default);

        Pass(4 * Interval);

        Assert.Equal("Lease cachemachine-supervisor has been taken by b", Assert.Single(losses)!.Message);
        Assert.False(a.IsHeld);
        Assert.Equal("b", _store[Name]!.Holder);
    }

    [Fact]
    public async Task While_the_store_is_away_a_Lease_is_kept_as_long_as_all_replicas_see_each_other()
    {
        var (a, losses) = (Lease("a"), new List<Exception?>());
        await a.AcquireAsync(losses.Add);
        _store.Away = "connection refused";

        Pass(TimeSpan.FromHours(1));

        Assert.Empty(losses);
        // But nobody could be sure of it.
        Assert.False(a.IsHeld);
        _store.Away = null;
        Pass(Interval);
        Assert.True(a.IsHeld);
    }

    [Fact]
    public async Task Cut_off_from_the_store_and_from_a_replica_its_holder_has_lost_it_after_its_duration()
    {
        var (a, losses) = (Lease("a"), new List<Exception?>());
        await a.AcquireAsync(losses.Add);
        (_store.Away, _seen["a"].IsWhole) = ("connection refused", false);

        Pass(Duration - TimeSpan.FromSeconds(1));
        Assert.Empty(losses);
        Pass(Interval + TimeSpan.FromSeconds(1));

        Assert.Single(losses);
        _store.Away = null;
        Pass(2 * Interval);
        Assert.False(a.IsHeld);
    }

    [Fact]
    public async Task A_question_waits_for_a_store_that_is_away_and_ends_with_its_words_when_that_takes_too_long()
    {
        _store.Away = "connection refused";
        var (patient, other) = (Lease("a").AcquireAsync(null), Lease("b", name: "other").AcquireAsync(null));

        Pass(Patience - TimeSpan.FromSeconds(10));
        Assert.False(patient.IsCompleted);
        _store.Away = null;
        Pass(TimeSpan.FromSeconds(1));
        Assert.True(await patient);
        Assert.True(await other);

        _store.Away = "connection refused";
        var failed = Lease("c", name: "third").AcquireAsync(null);
        Pass(Patience + TimeSpan.FromSeconds(1));
        Assert.Equal("read Lease third: connection refused", (await Assert.ThrowsAsync<LeaseStoreException>(() => failed)).Message);
    }

    [Fact]
    public async Task A_Lease_that_was_taken_though_the_answer_was_lost_is_taken_once()
    {
        _store.LosesAnswers = true;
        var asked = Lease("a").AcquireAsync(null);
        Assert.False(asked.IsCompleted);

        _store.LosesAnswers = false;
        Pass(TimeSpan.FromSeconds(1));

        Assert.True(await asked);
        Assert.Equal(0, _store[Name]!.Transitions);
    }

    [Fact]
    public async Task A_replica_that_stood_still_asks_nothing()
    {
        var a = Lease("a");
        await a.AcquireAsync(null);
        _seen["a"].StoodStill = true;
        var calls = _store.Calls;

        Pass(10 * Interval);

        Assert.False(await a.AcquireAsync(null));
        Assert.False(await a.ReleaseAsync());
        Assert.Equal(calls, _store.Calls);
    }

    [Fact]
    public async Task The_Lease_of_a_side_is_taken_at_once_from_a_replica_of_our_own_side()
    {
        await Lease("a", isOfASide: true).AcquireAsync(null);
        var b = Lease("b", isOfASide: true);
        _seen["b"].Reachable = ["a"];

        Assert.True(await b.AcquireAsync(null));
        Assert.Equal("b", _store[Name]!.Holder);
    }

    [Fact]
    public async Task A_side_that_was_not_there_when_the_Lease_was_taken_has_lost_however_long_ago_that_was()
    {
        var (a, c) = (Lease("a", isOfASide: true), Lease("c", isOfASide: true));
        Pass(Interval);
        // The cluster splits; a's side decides, and has long given the Lease back.
        _seen["c"].IsWhole = false;
        Assert.True(await a.AcquireAsync(null));
        Pass(TimeSpan.FromMinutes(1));
        await a.ReleaseAsync();
        a.Dispose();
        Pass(TimeSpan.FromHours(1));

        Assert.False(await c.AcquireAsync(null));

        // What was decided while c was there is not about c.
        _seen["c"].IsWhole = true;
        Pass(Interval);
        _seen["c"].IsWhole = false;
        Assert.True(await c.AcquireAsync(null));
    }

    [Fact]
    public async Task A_side_that_has_decided_may_decide_again_before_it_is_whole()
    {
        var a = Lease("a", isOfASide: true);
        _seen["a"].IsWhole = false;
        Assert.True(await a.AcquireAsync(null));
        await a.ReleaseAsync();
        Assert.True(await a.AcquireAsync(null));
    }

    private KeptLease Lease(string owner, bool isOfASide = false, string name = Name)
    {
        var lease = new KeptLease(new KeptLeaseOptions(name, owner, isOfASide, Duration, Interval, Patience), _store, _seen[owner] = new Seen(), _time, NoLogger.Instance);
        _made.Add(lease);
        return lease;
    }

    // In small steps, and what each has set off runs to its end.
    private void Pass(TimeSpan time)
    {
        for (var step = TimeSpan.FromMilliseconds(500); time > TimeSpan.Zero; time -= step)
        {
            _time.Advance(time < step ? time : step);
            PassThroughThreadPool();
            PassThroughThreadPool();
        }
    }

    private static void PassThroughThreadPool()
    {
        using var passed = new ManualResetEventSlim();
        ThreadPool.UnsafeQueueUserWorkItem(static gate => gate.Set(), passed, preferLocal: false);
        Assert.True(passed.Wait(TimeSpan.FromSeconds(30)));
    }

    private sealed class Seen : KeptLease.ICluster
    {
        public bool IsWhole { get; set; } = true;

        public bool StoodStill { get; set; }

        public HashSet<string> Reachable { get; set; } = [];

        public bool IsReachable(string owner) => Reachable.Contains(owner);
    }
}
