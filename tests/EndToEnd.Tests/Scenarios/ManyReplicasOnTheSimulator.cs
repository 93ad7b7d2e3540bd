using CacheMachine.EndToEnd.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

public sealed class ManyReplicasOnTheSimulator(ReplicasOnTheSimulator fixture, ITestOutputHelper output)
    : ManyReplicas(fixture, output), IClassFixture<ReplicasOnTheSimulator>;
