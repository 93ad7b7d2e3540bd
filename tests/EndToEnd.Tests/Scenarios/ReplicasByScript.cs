using System.Diagnostics;
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
        var data = Directory.CreateTempSubdirectory("cachemachine-test-").FullName;
        var start = new ProcessStartInfo(Path.Combine(RealClusterUnderTest.Repository(), "run"), ["--replicas", "3", "--data", data])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var script = Process.Start(start)!;
        var lines = new System.Collections.Concurrent.ConcurrentQueue<string>();
        script.OutputDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
        script.ErrorDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
        script.BeginOutputReadLine();
        script.BeginErrorReadLine();
        try
        {
            Said("three replicas run", await Eventually.Is(
                () => script.HasExited ? throw new InvalidOperationException("it ended") : Task.FromResult(Replicas()), replicas => replicas.Count == 3,
                TimeSpan.FromMinutes(4), "it says where three replicas are"));
            var replicas = Replicas();
            Assert.Equal(["1", "2", "3"], replicas.Select(replica => replica.Number).Order(StringComparer.Ordinal));
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
            foreach (var (number, address, _) in replicas)
                Said($"replica {number} has a machine with images", await HasImagesAsync(http, address));

            var killed = replicas[0];
            Signals.Send(killed.Pid, Signal.Kill);
            foreach (var (number, address, _) in replicas[1..])
                Said($"replica {number} has the machine after the kill of {killed.Number}", await HasImagesAsync(http, address));

            Signals.Send(script.Id, Signal.Terminate);
            await script.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
            Assert.All(replicas, replica => Assert.Throws<ArgumentException>(() => Process.GetProcessById(replica.Pid).Dispose()));
        }
        catch
        {
            output.WriteLine(string.Join(Environment.NewLine, lines));
            throw;
        }
        finally
        {
            foreach (var replica in Replicas())
                EndIfAny(replica.Pid);
            EndIfAny(script.Id);
            Directory.Delete(data, recursive: true);
        }

        List<(string Number, Uri Address, int Pid)> Replicas() =>
            [.. lines.Select(line => Line().Match(line)).Where(match => match.Success).Select(match =>
                (match.Groups[1].Value, new Uri(match.Groups[2].Value), int.Parse(match.Groups[3].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)))];
    }

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

    private static void EndIfAny(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It has ended.
        }
    }

    [GeneratedRegex(@"replica (\d) of 3: (http://\S+) pid (\d+)")]
    private static partial Regex Line();
}
