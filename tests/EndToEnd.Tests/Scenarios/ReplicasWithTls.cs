using CacheMachine.EndToEnd.Tests.Harness;
using CacheMachine.Simulator;
using CacheMachine.TestKit;
using k8s;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>Replicas that show each other certificates (<c>cluster.tls</c>).</summary>
public sealed class ReplicasWithTls(ITestOutputHelper output)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Three_of_one_authority_share_the_machines_and_one_of_another_cannot_join()
    {
        using var data = new TestFolder();
        using var authority = new TestAuthority();
        using var other = new TestAuthority();
        await using var cluster = await SimulatorUnderTest.StartAsync(new SimulatedClusterOptions { Nodes = 1 });
        await using var replicas = new Replicas(3, Settings(authority));
        await using var stranger = new Replica(4, Settings(other));
        try
        {
            await replicas.StartAsync();
            output.WriteLine($"joined after {(await replicas.JoinAsync(Soon)).TotalSeconds:0.0} s");
            string[] machines = ["a", "b", "c", "d", "e", "f"];
            foreach (var machine in machines)
                await replicas.CreateAsync(Specs.Machine(machine));
            await replicas.AnswerAsync(replicas.All, machines, Soon);
            Assert.StartsWith("akka.ssl.tcp://", await HolderAsync(), StringComparison.Ordinal);

            await stranger.StartAsync();
            await Eventually.Is(() => Task.FromResult(stranger.IsRunning), running => !running, Soon, "the stranger has ended");
            Assert.Equal(1, stranger.Process.ExitCode);
            Assert.Contains(stranger.Process.Output, line => line.Contains("The certificate of replica", StringComparison.Ordinal) && line.Contains("is refused", StringComparison.Ordinal));
            Assert.DoesNotContain(stranger.Process.Output, line => line.Contains("has joined", StringComparison.Ordinal));
            await replicas.AnswerAsync(replicas.All, machines, Soon);
        }
        catch
        {
            output.WriteLine(replicas.ShowOutput());
            output.WriteLine(string.Join(Environment.NewLine, stranger.Lines.Select(line => $"stranger: {line.Text}").TakeLast(50)));
            throw;
        }

        ReplicaSettings Settings(TestAuthority issuer)
        {
            var (certificate, key, ca) = issuer.Issue();
            return new ReplicaSettings(cluster.Kubeconfig, ClusterUnderTest.Namespace, cluster.Registry, data.Path, null, new Dictionary<string, string>
            {
                ["CACHEMACHINE__CLUSTER__TLS__CERTIFICATE_FILE"] = certificate,
                ["CACHEMACHINE__CLUSTER__TLS__KEY_FILE"] = key,
                ["CACHEMACHINE__CLUSTER__TLS__CA_FILE"] = ca,
            });
        }

        async Task<string> HolderAsync() =>
            (await cluster.Client.CoordinationV1.ReadNamespacedLeaseAsync(ReplicaSettings.ClusterName, ClusterUnderTest.Namespace)).Spec.HolderIdentity;
    }
}
