using System.Text.RegularExpressions;
using CacheMachine.EndToEnd.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>What the README says that anybody can try: <c>./run --replicas 3</c>.</summary>
public sealed partial class ReplicasByScript(ITestOutputHelper output)
{
    [Fact]
    public async Task Three_replicas_fill_a_machine_and_two_go_on_when_one_is_killed()
    {
        await using var run = RunScript.Start("--replicas", "3", "--port", "0");
        try
        {
            Said("three replicas run", await run.IsAsync(() => Replicas(run).Count == 3, "it says where three replicas are"));
            var replicas = Replicas(run);
            Assert.Equal(["1", "2", "3"], replicas.Select(replica => replica.Number).Order(StringComparer.Ordinal));
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
            foreach (var (number, address, _) in replicas)
                Said($"replica {number} has a machine with images", await HasImagesAsync(http, address));

            var killed = replicas[0];
            Signals.Send(killed.Pid, Signal.Kill);
            foreach (var (number, address, _) in replicas[1..])
                Said($"replica {number} has the machine after the kill of {killed.Number}", await HasImagesAsync(http, address));
            await run.IsAsync(() => run.Output.Contains($"replica {killed.Number} of 3 ended with exit code 137"), "its end is said");
            Assert.All(replicas, replica => Assert.Contains(run.Output, line => line.StartsWith($"[{replica.Number}] ", StringComparison.Ordinal)));

            run.Send(Signal.Terminate);
            var (code, took) = await run.EndsAsync();
            Said("the others ended", took);
            Assert.Equal(137, code);
            Assert.All(replicas[1..], replica => Assert.Contains(
                run.Output, line => line.StartsWith($"replica {replica.Number} of 3 ended with exit code ", StringComparison.Ordinal)));
            await run.NothingIsLeftAsync();
        }
        catch
        {
            output.WriteLine(run.Show());
            throw;
        }
    }

    private static List<(string Number, Uri Address, int Pid)> Replicas(RunScript run) =>
        [.. run.Output.Select(line => Line().Match(line)).Where(match => match.Success).Select(match =>
            (match.Groups[1].Value, new Uri(match.Groups[2].Value), int.Parse(match.Groups[3].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)))];

    private void Said(string what, TimeSpan took) => output.WriteLine($"{what}: {took.TotalSeconds:0.0} s");

    // The example machine, whichever it is.
    private static Task<TimeSpan> HasImagesAsync(HttpClient http, Uri address) => Eventually.Is(
        async () =>
        {
            using var list = await http.GetAsync(new Uri(address, "/cachemachine/"));
            if (!list.IsSuccessStatusCode)
                return $"{(int)list.StatusCode}";
            var names = System.Text.Json.JsonSerializer.Deserialize<string[]>(await list.Content.ReadAsStringAsync())!;
            if (names.Length == 0)
                return "no machine";
            using var answer = await http.GetAsync(new Uri(address, $"/cachemachine/{names[0]}/available"));
            return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : $"{(int)answer.StatusCode}";
        },
        text => text.Contains("image_url", StringComparison.Ordinal), TimeSpan.FromSeconds(60), $"{address} answers with available images");

    [GeneratedRegex(@"^replica (\d) of 3: (http://\S+) pid (\d+)")]
    private static partial Regex Line();
}
