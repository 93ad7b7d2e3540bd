using CacheMachine.TestKit;
using Xunit;

namespace CacheMachine.Actors.Tests;

/// <summary>How much a log holds, and how much is written into it.</summary>
public sealed class JournalCompactionTests : ActorTest
{
    private const long Kilobyte = 1 << 10;

    [Fact]
    public async Task Few_large_events_are_deleted_as_many_small_ones_are()
    {
        var log = Sys.ActorOf(Props.Create(() => new Persistent(1000, 100 * Kilobyte)));

        for (var i = 0; i < 150; i++)
            await log.Ask<long>(new Replace("the only one", new string('x', (int)(20 * Kilobyte))), TimeSpan.FromSeconds(20));

        // What is kept, and what came since the last snapshot: a quarter of that, and one event more.
        await AwaitAssertAsync(async () => Assert.InRange(await KeptAsync(), 1, 7));
    }

    [Fact]
    public async Task Small_events_are_counted()
    {
        var log = Sys.ActorOf(Props.Create(() => new Persistent(20, 1000 * Kilobyte)));

        for (var i = 0; i < 95; i++)
            await log.Ask<long>(new Replace("the only one", "x"), TimeSpan.FromSeconds(20));

        await AwaitAssertAsync(async () => Assert.InRange(await KeptAsync(), 20, 30));
    }

    [Fact]
    public async Task What_is_written_for_an_event_does_not_grow_with_the_state()
    {
        var log = Sys.ActorOf(Props.Create(() => new Persistent(1000, 100 * Kilobyte)));

        var written = 0L;
        for (var i = 0; i < 2000; i++)
            written = await log.Ask<long>(new Replace($"item {i}", new string('x', 500)), TimeSpan.FromSeconds(20));

        // With a snapshot every ten events it would be a hundred million.
        Assert.InRange(written, 2000 * 500, 3 * 2000 * 500);
    }

    [Fact]
    public async Task Events_of_before_a_restart_are_not_kept_for_ever()
    {
        var log = Sys.ActorOf(Props.Create(() => new Persistent(1000, 100 * Kilobyte)));
        for (var i = 0; i < 8; i++)
            await log.Ask<long>(new Replace("the only one", new string('x', (int)(20 * Kilobyte))), TimeSpan.FromSeconds(20));
        await log.GracefulStop(TimeSpan.FromSeconds(20));

        log = Sys.ActorOf(Props.Create(() => new Persistent(1000, 100 * Kilobyte)));
        for (var i = 0; i < 12; i++)
            await log.Ask<long>(new Replace("the only one", new string('x', (int)(20 * Kilobyte))), TimeSpan.FromSeconds(20));

        await AwaitAssertAsync(async () => Assert.InRange(await KeptAsync(), 1, 7));
    }

    // Another actor reads all that is left.
    private async Task<int> KeptAsync()
    {
        var reader = Sys.ActorOf(Props.Create(() => new Reader()));
        var kept = await reader.Ask<int>("how many?", TimeSpan.FromSeconds(20));
        await reader.GracefulStop(TimeSpan.FromSeconds(20));
        return kept;
    }

    private sealed record Replace(string Item, string With);

    private sealed class Persistent : ReceivePersistentActor
    {
        private readonly Dictionary<string, string> _state = new(StringComparer.Ordinal);
        private readonly JournalCompaction _compaction;
        private long _written;

        public Persistent(int history, long historySize)
        {
            _compaction = new JournalCompaction(Context.System, every: 10, history, historySize);
            Recover<SnapshotOffer>(_compaction.Recovered);
            Recover<Replace>(e =>
            {
                _state[e.Item] = e.With;
                _compaction.Stored(LastSequenceNr, e);
            });
            Command<Replace>(command => Persist(command, e =>
            {
                _state[e.Item] = e.With;
                _written += e.With.Length;
                _compaction.Stored(LastSequenceNr, e);
                _compaction.SaveIfDue(this, new Dictionary<string, string>(_state));
                Sender.Tell(_written);
            }));
            Command<SaveSnapshotSuccess>(m =>
            {
                _written += _state.Values.Sum(text => text.Length);
                _compaction.Saved(this, m.Metadata);
            });
            CommandAny(_ => { });
        }

        public override string PersistenceId => "log";

        protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => throw cause;
    }

    private sealed class Reader : ReceivePersistentActor
    {
        private int _kept;

        public Reader()
        {
            Recover<Replace>(_ => _kept++);
            Command<string>(_ => Sender.Tell(_kept));
        }

        public override string PersistenceId => "log";

        public override Recovery Recovery => new(SnapshotSelectionCriteria.None);
    }
}
