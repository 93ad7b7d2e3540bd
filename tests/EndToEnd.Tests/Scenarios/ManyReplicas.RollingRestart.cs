using CacheMachine.EndToEnd.Tests.Harness;
using Xunit;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

public abstract partial class ManyReplicas
{
    [Fact]
    public Task A_rolling_restart_under_load_fails_no_GET_and_loses_no_machine() => ScenarioAsync(async () =>
    {
        await Cluster.PushAsync(Name, "1");
        var machines = Enumerable.Range(0, 10).Select(number => $"{Name}-{number}").ToList();
        var image = Specs.Simple(("one", $"{Cluster.Registry}/{Name}:1"));
        foreach (var machine in machines)
            (await Replicas.PostAsync(Replicas.Any(), machine == machines[0] ? Specs.Machine(machine, image) : Specs.Machine(machine))).Successful();
        await Eventually.Is(
            () => Replicas.GetAsync(Replicas.Any(), Replicas.Path(machines[0])), answer => answer.IsSuccess && answer.Json["available_images"]!.AsArray().Count == 1,
            TimeSpan.FromSeconds(60), "the image is available");

        Load.Result result;
        var (began, asking) = (Now(), TimeSpan.Zero);
        await using (var load = new Load(Replicas, 50, ["/cachemachine/", .. machines.SelectMany(m => new[] { Replicas.Path(m), $"{Replicas.Path(m)}/available" })]))
        {
            foreach (var replica in Replicas.All.Concat(Replicas.All))
            {
                var start = Now();
                await replica.TerminateAsync();
                Say($"{replica.Name} has ended in order after", Since(start));
                await replica.StartAsync();
                await Replicas.ShareAsync(TimeSpan.FromSeconds(60));
                await Replicas.AnswerAsync([replica], machines, TimeSpan.FromSeconds(20));
                Say($"{replica.Name} is back and has its share after", Since(start));
            }
            asking = Since(began);
            result = await load.StopAsync();
        }
        Say(result.ToString());
        foreach (var failure in result.Failures.Take(10))
            Say(failure.ToString());
        Assert.Empty(result.Failures);
        Assert.True(result.Asked >= asking.TotalSeconds * 45, $"only {result.Asked} requests were made");
        await Replicas.AnswerAsync(Replicas.All, machines, TimeSpan.FromSeconds(5));
        await Journal.IsInOrderAsync();
    });
}
