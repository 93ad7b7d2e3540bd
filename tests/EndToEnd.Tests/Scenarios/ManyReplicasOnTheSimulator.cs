using CacheMachine.EndToEnd.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>Where there is no PostgreSQL; where there is, the same scenarios run on it.</summary>
[Trait("Category", "InsteadOfPostgres")]
public sealed class ManyReplicasOnTheSimulator(ReplicasOnTheSimulator fixture, ITestOutputHelper output)
    : ManyReplicas(fixture, output), IClassFixture<ReplicasOnTheSimulator>;
