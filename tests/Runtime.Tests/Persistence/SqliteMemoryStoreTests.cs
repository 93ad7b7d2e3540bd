using CacheMachine.Runtime.Persistence;
using CacheMachine.Runtime.Persistence.Sqlite;

namespace CacheMachine.Runtime.Tests.Persistence;

public sealed class SqliteMemoryStoreTests : EventStoreConformance
{
    protected override async Task<IEventStore> OpenAsync() => await SqliteEventStore.OpenAsync(SqliteStoreOptions.InMemory);
}
