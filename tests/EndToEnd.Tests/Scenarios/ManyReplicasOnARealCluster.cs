using CacheMachine.EndToEnd.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

[Trait("Category", "RealCluster")]
public sealed class ManyReplicasOnARealCluster(ReplicasOnARealCluster fixture, ITestOutputHelper output)
    : ManyReplicasOnPostgres(fixture, output), IClassFixture<ReplicasOnARealCluster>;
