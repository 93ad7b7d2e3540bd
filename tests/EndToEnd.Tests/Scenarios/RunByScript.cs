using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CacheMachine.EndToEnd.Tests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>What the README says that anybody can try: <c>./run</c>, the service with a simulated cluster. The two end together, whatever happens.</summary>
public sealed partial class RunByScript(ITestOutputHelper output) : IDisposable
{
    private const string Simulator = "CacheMachine.Simulator", Host = "CacheMachine.Host";

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task The_example_fills_up_and_what_a_user_posts_is_pulled()
    {
        await using var run = RunScript.Start("--port", "0", "--nodes", "3");
        using var http = new HttpClient { BaseAddress = await run.ListensAsync() };
        var registry = Ready().Match(run.Output.First()) is { Success: true } ready
            ? ready.Groups["registry"].Value
            : throw new InvalidOperationException($"the first line does not say where the cluster is: {run.Show()}");

        Said("the example is available", await IsAvailableAsync(http, "example", 8));
        using (var posted = await http.PostAsync(new Uri("/cachemachine/", UriKind.Relative), new StringContent(
            Specs.Machine("mine", Specs.Simple(("Weekly 48", $"{registry}/lsstsqre/sciplat-lab:w_2021_48"))).ToJsonString())))
        {
            Assert.Equal(HttpStatusCode.OK, posted.StatusCode);
        }
        Said("another machine is available", await IsAvailableAsync(http, "mine", 1));

        await EndsAsync(run, () => run.Send(Signal.Terminate), 0);
    }

    [Fact]
    public async Task Without_the_example_there_is_no_machine()
    {
        // A file that names no cluster, though it speaks of one.
        await File.WriteAllTextAsync(_file, "cachemachine.kubernetes { mode = auto, kubeconfig = \"\" }\n");
        await using var run = RunScript.Start("--port=0", "--no-example", "--config", _file);
        using var http = new HttpClient { BaseAddress = await run.ListensAsync() };
        await Eventually.Is(
            () => http.GetStringAsync(new Uri("/cachemachine/", UriKind.Relative)), names => names == "[]", TimeSpan.FromSeconds(30), "the list is empty");

        // As Ctrl-C in a terminal.
        await EndsAsync(run, () => run.Send(Signal.Interrupt), 0);
    }

    [Theory]
    [InlineData(Simulator)]
    [InlineData(Host)]
    public async Task Told_to_end_while_one_of_them_starts_both_end(string starting)
    {
        await using var run = RunScript.Start("--port", "0");
        await run.IsAsync(() => run.Processes(starting).Count == 1, $"{starting} runs");

        await EndsAsync(run, () => run.Send(Signal.Terminate), 0);
    }

    [Theory]
    [InlineData(Simulator, 1, "run: the simulated cluster ended with exit code 137, so the service ends too")]
    [InlineData(Host, 137, "run: the service was ended by signal 9")]
    public async Task When_one_of_them_is_killed_the_other_ends(string killed, int code, string said)
    {
        await using var run = RunScript.Start("--port", "0");
        await run.ListensAsync();

        await EndsAsync(run, () => Signals.Send(Assert.Single(run.Processes(killed)), Signal.Kill), code);
        Assert.Contains(said, run.Errors);
    }

    [Fact]
    public async Task When_the_script_is_killed_both_end()
    {
        await using var run = RunScript.Start("--port", "0");
        await run.ListensAsync();

        await EndsAsync(run, () => run.Send(Signal.Kill), 137);
    }

    [Theory]
    [InlineData("--nodes|0", "--nodes \"0\": must be a whole number from 1 to 5000")]
    [InlineData("--replicas|10", "--replicas \"10\": must be a whole number from 1 to 9")]
    [InlineData("--replicas=", "--replicas \"\": must be a whole number from 1 to 9")]
    [InlineData("--port|65536", "--port \"65536\": must be a whole number from 0 to 65535")]
    [InlineData("--namespace|A_B", "--namespace \"A_B\": must be a DNS label: 1 to 63 lower-case letters, digits or '-', the first and last no '-'")]
    [InlineData("--port|--nodes", "--port needs a value, and --nodes is a flag")]
    [InlineData("--kubeconfig|/dev/null|--nodes|2", "--nodes is for the simulated cluster and cannot be used with another, as --kubeconfig names")]
    [InlineData("--prot", "Unrecognized command or argument '--prot'.")]
    public async Task A_bad_flag_is_said_in_one_line(string flags, string said)
    {
        await using var run = RunScript.Start(flags.Split('|'));

        Assert.Equal(2, (await run.EndsAsync()).Code);
        Assert.Equal(said, Assert.Single(run.Errors));
        await run.NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_port_that_is_in_use_is_said_in_one_line()
    {
        using var taken = LoopbackPort.Taken();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var run = RunScript.Start("--port", $"{port}");

        Assert.Equal(1, (await run.EndsAsync()).Code);
        Assert.Contains($"127.0.0.1:{port} is in use by another process", Assert.Single(run.Errors), StringComparison.Ordinal);
        await run.NothingIsLeftAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cluster_that_a_flag_or_a_file_names_takes_the_place_of_the_simulated_one(bool isFile)
    {
        await using var cluster = await SimulatorUnderTest.StartAsync(new CacheMachine.Simulator.SimulatedClusterOptions { Nodes = 1 });
        await File.WriteAllTextAsync(_file, $"cachemachine {{\n  # kubeconfig = no\n  kubernetes.kubeconfig = \"{cluster.Kubeconfig}\"\n}}\n");
        await using var run = RunScript.Start("--port", "0", isFile ? "--config" : "--kubeconfig", isFile ? _file : cluster.Kubeconfig);
        using var http = new HttpClient { BaseAddress = await run.ListensAsync() };

        Assert.Equal("[]", await http.GetStringAsync(new Uri("/cachemachine/", UriKind.Relative)));
        Assert.Empty(run.Processes(Simulator));
        Assert.DoesNotContain(run.Output, line => line.StartsWith("simulated cluster", StringComparison.Ordinal));
        await EndsAsync(run, () => run.Send(Signal.Terminate), 0);
    }

    [Fact]
    public async Task One_help_text_has_all_flags()
    {
        await using var run = RunScript.Start("--help");

        Assert.Equal(0, (await run.EndsAsync()).Code);
        Assert.All(
            (string[])[
                "--port <N>", "--data <DIR>", "--postgres <CONNECTION>", "--kubeconfig <FILE>", "--context <C>", "--namespace <NS>", "--insecure-registry <HOST>",
                "--nodes <N>", "--no-example", "--replicas <N>", "--config <FILE>", "--help", "--version",
            ],
            flag => Assert.Single(run.Output, line => line.Contains(flag, StringComparison.Ordinal)));
    }

    private async Task EndsAsync(RunScript run, Action cause, int code)
    {
        cause();
        try
        {
            var (ended, took) = await run.EndsAsync();
            Assert.Equal(code, ended);
            await run.NothingIsLeftAsync();
            Said("it ended", took);
        }
        catch
        {
            output.WriteLine(run.Show());
            throw;
        }
    }

    private void Said(string what, TimeSpan took) => output.WriteLine($"{what}: {took.TotalSeconds:0.0} s");

    private static Task<TimeSpan> IsAvailableAsync(HttpClient http, string machine, int images) => Eventually.Is(
        async () =>
        {
            using var answer = await http.GetAsync(new Uri($"/cachemachine/{machine}/available", UriKind.Relative));
            return answer.IsSuccessStatusCode ? JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["images"]!.AsArray().Count : -1;
        },
        count => count == images, TimeSpan.FromSeconds(120), $"{images} images of {machine} are available");

    [GeneratedRegex(@"^simulated cluster of 3 nodes, Kubernetes 1\.20: API at http://127\.0\.0\.1:\d+, registry at (?<registry>127\.0\.0\.1:\d+)\z")]
    private static partial Regex Ready();
}
