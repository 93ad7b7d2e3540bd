using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Persistence;
using CacheMachine.Runtime.Sharding;
using CacheMachine.Runtime.Tests.Persistence;
using Xunit;

namespace CacheMachine.Runtime.Tests.Sharding;

/// <summary>Sharding and persistence together, as the application uses them.</summary>
public sealed class PersistentEntityTests : PersistentActorTest
{
    [Fact]
    public async Task Persistent_entities_that_go_to_sleep_under_load_keep_every_event_in_order()
    {
        const int Messages = 300;
        var region = ClusterSharding.Get(Sys).Start("logs", id => Props.Create<SleepyEntity>(id), new ClusterShardingSettings(), new TestExtractor(3));

        for (var i = 0; i < Messages; i++)
            region.Tell(new To($"log-{i % 3}", $"{i}"), TestActor);

        for (var i = 0; i < Messages; i++)
            Expect<int>();
        for (var log = 0; log < 3; log++)
        {
            var entries = await Store.ReadAsync($"log-{log}", 1, long.MaxValue, Messages, default);
            var items = entries.Select(entry => ((Added)new TestSerializer().Deserialize(entry.Payload)).Item);
            Assert.Equal(Enumerable.Range(0, Messages / 3).Select(i => $"{i * 3 + log}"), items);
        }
    }

    /// <summary>Persists what it is told, answers with how many events it has, and goes to sleep after every fifth.</summary>
    private sealed class SleepyEntity : ReceivePersistentActor
    {
        private int _count;

        public SleepyEntity(string id)
        {
            PersistenceId = id;
            Recover<Added>(_ => _count++);
            Command<string>(item => Persist(new Added(item), _ =>
            {
                Sender.Tell(++_count);
                if (_count % 5 == 0)
                    Context.Parent.Tell(new Passivate(Sleep.Instance));
            }));
            Command<Sleep>(_ => Context.Stop(Self));
        }

        public override string PersistenceId { get; }

        private sealed class Sleep
        {
            internal static readonly Sleep Instance = new();
        }
    }
}
