using CacheMachine.EndToEnd.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

[Trait("Category", "Postgres")]
public sealed class ManyReplicasOnTheSimulatorAndPostgres(ReplicasOnPostgres fixture, ITestOutputHelper output)
    : ManyReplicasOnPostgres(fixture, output), IClassFixture<ReplicasOnPostgres>;
