using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using CacheMachine.EndToEnd.Tests.Harness;
using CacheMachine.Simulator;
using Microsoft.Data.Sqlite;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>A service that is told to end at any moment ends in order, and one that cannot start says why in a line.</summary>
public sealed class StartAndStop(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly string _data = Directory.CreateTempSubdirectory("cachemachine-test-").FullName;
    private readonly List<OwnProcess> _services = [];
    private SimulatorUnderTest _cluster = null!;

    public async Task InitializeAsync() => _cluster = await SimulatorUnderTest.StartAsync(new SimulatedClusterOptions { Nodes = 1 });

    public async Task DisposeAsync()
    {
        foreach (var service in _services)
            await service.DisposeAsync();
        await _cluster.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Theory]
    [InlineData(false, nameof(Signal.Terminate), "SIGTERM")]
    [InlineData(false, nameof(Signal.Interrupt), "SIGINT")]
    [InlineData(true, nameof(Signal.Terminate), "SIGTERM")]
    [InlineData(true, nameof(Signal.Interrupt), "SIGINT")]
    public async Task While_PostgreSQL_is_away(bool isSilent, string signal, string name)
    {
        using var server = LoopbackPort.Taken();
        var port = ((IPEndPoint)server.LocalEndpoint).Port;
        // A port that accepts and never answers, or one that nobody listens on.
        if (!isSilent)
            server.Stop();
        var connection = string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Database=d;Username=u;Password=hunter2");
        var service = Launch(_data, ["--postgres", connection]);
        if (isSilent)
            using (await server.AcceptSocketAsync().WaitAsync(Soon, TimeProvider.System))
                await EndsInOrderAsync(service, Enum.Parse<Signal>(signal), name);
        else
        {
            await service.SaysAsync("cannot be opened; waiting", Soon);
            await EndsInOrderAsync(service, Enum.Parse<Signal>(signal), name);
        }
        Assert.DoesNotContain(service.Output, line => line.Contains("hunter2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task While_the_API_server_is_away(bool isSilent)
    {
        var proxy = new CutOff(IPAddress.Loopback.ToString(), 1) { Traffic = isSilent ? Traffic.Silence : Traffic.Reset };
        await using (proxy)
        {
            var kubeconfig = Path.Combine(_data, "kubeconfig");
            await File.WriteAllTextAsync(kubeconfig, (await File.ReadAllTextAsync(_cluster.Kubeconfig)).Replace(
                _cluster.Cluster.ApiServerUri.Authority, proxy.Address.ToString(), StringComparison.Ordinal));
            var service = OwnProcess.Launch(["--data", _data, "--kubeconfig", kubeconfig]);
            _services.Add(service);
            await service.SaysAsync("listening on", Soon);

            await EndsInOrderAsync(service);
        }
    }

    [Theory]
    [InlineData("starts; settings")]
    [InlineData("listening on")]
    [InlineData("Supervising 0 machines")]
    public async Task As_soon_as_it_says_a_thing(string line)
    {
        var service = Launch(_data);
        await service.SaysAsync(line, Soon);

        await EndsInOrderAsync(service);
    }

    [Fact]
    public async Task In_the_midst_of_work_and_every_line_of_its_log_is_JSON_with_named_properties()
    {
        var service = await OwnProcess.StartAsync(
            _cluster.Flags(_data), new Dictionary<string, string> { ["SAFIR_PROFILE"] = "production", ["CACHEMACHINE__LOG__LEVEL"] = "debug" });
        _services.Add(service);
        await _cluster.PushAsync("a", "1");
        await service.PostAsync(Specs.Machine("m", Specs.Simple(("a", $"{_cluster.Registry}/a:1"))));
        await service.BecomesAvailableAsync("m", 1, Soon);

        await EndsInOrderAsync(service);

        foreach (var line in service.Output)
        {
            var state = JsonNode.Parse(line)!["State"]?.AsObject() ?? [];
            Assert.DoesNotContain(state, property => char.IsAsciiDigit(property.Key[0]));
        }
    }

    [Fact]
    public async Task Two_services_do_not_share_a_directory_and_a_killed_one_leaves_it_free()
    {
        var first = await OwnProcess.StartAsync(_cluster.Flags(_data));
        _services.Add(first);

        var second = Launch(_data);
        Assert.Equal(1, await second.EndAsync());
        await first.KillAsync();
        var third = await OwnProcess.StartAsync(_cluster.Flags(_data));
        _services.Add(third);

        Assert.Equal(
            $"data.dir = {_data}: open the SQLite database '{_data}/cachemachine.db': another cachemachine uses this directory",
            Assert.Single(second.Output.Skip(1)));
        Assert.Equal(HttpStatusCode.OK, (await third.Http.GetAsync(new Uri("/", UriKind.Relative))).StatusCode);
    }

    [Theory]
    [InlineData(false, "http.port = {0}: 127.0.0.1:{0} is in use by another process; give another one with --port")]
    [InlineData(true, "cluster.port = {0}: 127.0.0.1:{0} is in use by another process")]
    public async Task A_port_that_is_in_use_is_told_in_a_line(bool isOfReplicas, string expected)
    {
        using var other = LoopbackPort.Taken();
        var port = ((IPEndPoint)other.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        var service = Launch(_data, ["--port", isOfReplicas ? "0" : port], new Dictionary<string, string>
        {
            ["CACHEMACHINE__CLUSTER__ENABLED"] = isOfReplicas ? "true" : "false",
            ["CACHEMACHINE__CLUSTER__PORT"] = port,
        });

        Assert.Equal(1, await service.EndAsync());
        Assert.Equal(string.Format(CultureInfo.InvariantCulture, expected, port), Assert.Single(service.Output.Skip(1)));
    }

    [Fact]
    public async Task The_last_word_on_Akka_NET_is_the_operators()
    {
        var file = Path.Combine(_data, "own.conf");
        await File.WriteAllTextAsync(file, "akka.cluster.gossip-interval = 321ms\n");

        await using var service = await InProcess.StartAsync([.. _cluster.Flags(_data), "--config", file]);

        Assert.Equal("321ms", service.AkkaSettings.GetString("akka.cluster.gossip-interval"));
        Assert.Equal("100ms", service.AkkaSettings.GetString("akka.scheduler.tick-duration"));
    }

    [Fact]
    public async Task The_first_machines_are_made_as_soon_as_the_database_can_be_written()
    {
        var machines = Directory.CreateDirectory(Path.Combine(_data, "machines")).FullName;
        await File.WriteAllTextAsync(Path.Combine(machines, "a.json"), JsonSerializer.Serialize(Specs.Machine("first", Specs.Simple())));
        await File.WriteAllTextAsync(Path.Combine(machines, "b.json"), "no machine");
        var variables = new Dictionary<string, string> { ["CACHEMACHINE__MACHINES_DIR"] = machines };
        var before = await OwnProcess.StartAsync(_cluster.Flags(_data));
        _services.Add(before);
        await before.SaysAsync("Supervising 0 machines", Soon);
        await EndsInOrderAsync(before);
        await using var database = new SqliteConnection($"Data Source={_data}/cachemachine.db");
        await database.OpenAsync();
        var writes = database.BeginTransaction(deferred: false);

        var service = await OwnProcess.StartAsync(_cluster.Flags(_data), variables);
        _services.Add(service);
        await service.SaysAsync("Machine first cannot be created yet", Soon);
        await writes.DisposeAsync();
        var took = await service.SaysAsync("Machine first created from", TimeSpan.FromMinutes(2));
        output.WriteLine($"created {took.TotalSeconds:0.0} s after the database could be written");

        await service.SaysAsync("b.json is not a valid machine", Soon);
        Assert.Equal(["first"], await service.NamesAsync());
    }

    private OwnProcess Launch(string data, IEnumerable<string>? flags = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var service = OwnProcess.Launch([.. _cluster.Flags(data), .. flags ?? []], environment);
        _services.Add(service);
        return service;
    }

    private async Task EndsInOrderAsync(OwnProcess service, Signal signal = Signal.Terminate, string name = "SIGTERM")
    {
        var began = TimeProvider.System.GetTimestamp();
        var code = await service.TerminateAsync(signal);
        output.WriteLine($"ended with {code} after {TimeProvider.System.GetElapsedTime(began).TotalMilliseconds:0} ms");

        Assert.True(code == 0, string.Join('\n', service.Output));
        Assert.Contains(service.Output, line => line.Contains($"Shutting down: {name}", StringComparison.Ordinal));
        Assert.Contains("Stopped", service.Output.Last(), StringComparison.Ordinal);
        Assert.DoesNotContain(service.Output, line => line.Contains("   at ", StringComparison.Ordinal) || line.Contains("fail: ", StringComparison.Ordinal));
    }
}
