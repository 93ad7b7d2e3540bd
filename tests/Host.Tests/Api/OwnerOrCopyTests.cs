using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
using CacheMachine.Actors;
using CacheMachine.Actors.Copies;
using CacheMachine.Actors.Images;
using CacheMachine.Actors.Machines;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Serialization;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Host.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CacheMachine.Host.Tests.Api;

/// <summary>Who answers a read: an actor that is played here, or the copy of what it once said.</summary>
public sealed class OwnerOrCopyTests : IAsyncLifetime
{
    private static readonly DesiredImage A = new("registry.example/a:1", null, "a"), B = new("registry.example/b:1", null, "b");

    // A replica that ends without a word is missed soon.
    private const string Quick = """
        akka.loglevel = ERROR
        akka.stdout-loglevel = ERROR
        akka.coordinated-shutdown.run-by-actor-system-terminate = off
        akka.cluster.failure-detector.acceptable-heartbeat-pause = 1s
        akka.cluster.gossip-interval = 200ms
        akka.cluster.leader-actions-interval = 200ms
        """;

    private IHost _host = null!;

    // What the owner answers; null: nothing.
    private Func<object, object?> _owner = _ => null;

    public async Task InitializeAsync() => _host = await StartAsync(null);

    private async Task<IHost> StartAsync(Akka.Actor.Address? join)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        var settings = TestSettings.Load(("DATA__POSTGRES", "Host=db.internal;Database=x")).Settings!;
        builder.Services.AddLogging().AddSingleton(TimeProvider.System).AddSingleton(settings).AddSingleton(new JournalTroubles(TimeProvider.System)).AddMachineEndpoints();
        builder.Services.AddAkka("cachemachine", akka => akka
            .AddHocon(Quick, HoconAddMode.Prepend)
            .AddSetup(Serializers.Setup).WithStrictSerialization()
            .WithRemoting(new RemoteOptions { HostName = "127.0.0.1", Port = 0 }).WithClustering().AddCopies()
            .WithActors((system, registry) =>
            {
                var cluster = Akka.Cluster.Cluster.Get(system);
                cluster.Join(join ?? cluster.SelfAddress);
                var owner = system.ActorOf(Props.Create(() => new Owner(question => _owner(question))));
                registry.Register<MachineActor>(owner);
                registry.Register<MachineSupervisorActor>(owner);
            }));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    public async Task DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    [Fact]
    public async Task What_the_owner_says_is_given_as_it_is()
    {
        await PublishAsync(CopyKeys.Machine("m"), Status("an earlier one"));
        _owner = question => question is GetMachine ? Status("now") : new MachineImages([A, B], [A], [A, B]);

        var status = await GetAsync(reads => http => reads.MachineAsync(http, "m", NodeDetail.Auto));
        Assert.Equal((200, "now"), (status.Status, (string)status.Json["message"]!));
        Assert.Empty(status.Warnings);
        var available = await GetAsync(reads => http => reads.ImagesAsync(http, "m", images => images.Available));
        Assert.Equal(["a"], Names(available));
    }

    [Fact]
    public async Task What_the_owner_once_said_is_given_when_it_says_nothing_and_marked()
    {
        var at = await PublishAsync(CopyKeys.Machine("m"), Status("an earlier one"));
        await PublishAsync(CopyKeys.Machines, new MachineNames(["m"]));

        var answers = await Task.WhenAll(
            GetAsync(reads => http => reads.MachineAsync(http, "m", NodeDetail.Auto)),
            GetAsync(reads => http => reads.ImagesAsync(http, "m", images => images.Available)),
            GetAsync(reads => http => reads.ImagesAsync(http, "m", images => images.Desired)),
            GetAsync(reads => reads.NamesAsync));

        Assert.All(answers, answer => Assert.Equal((200, "110 - \"Response is Stale\"", "no-store"), (answer.Status, Assert.Single(answer.Warnings), answer.Header("Cache-Control"))));
        Assert.All(answers[..3], answer => Assert.Equal(at.ToString("R", CultureInfo.InvariantCulture), answer.Header("Last-Modified")));
        Assert.All(answers, answer => Assert.InRange(int.Parse(answer.Header("Age"), CultureInfo.InvariantCulture), 0, 120));
        Assert.Equal("an earlier one", (string)answers[0].Json["message"]!);
        Assert.Equal(["a"], Names(answers[1]));
        Assert.Equal(["a", "b"], Names(answers[2]));
        Assert.Equal(["m"], answers[3].Json.AsArray().Select(name => (string)name!));
    }

    [Fact]
    public async Task A_copy_from_which_details_are_left_out_says_so()
    {
        await PublishAsync(CopyKeys.Machine("m"), new MachineNames([.. Enumerable.Range(0, 9000).Select(_ => Guid.NewGuid().ToString())]), Status("short"));

        var answer = await GetAsync(reads => http => reads.MachineAsync(http, "m", NodeDetail.Auto));

        Assert.Equal(["110 - \"Response is Stale\"", "199 - \"Short Form\""], answer.Warnings);
        Assert.Equal("short", (string)answer.Json["message"]!);
    }

    [Fact]
    public async Task A_machine_that_was_deleted_is_not_there_also_when_nobody_answers()
    {
        await PublishAsync(CopyKeys.Machine("m"), Status("an earlier one"));
        await PublishAsync(CopyKeys.Machine("m"));

        var answer = await GetAsync(reads => http => reads.MachineAsync(http, "m", NodeDetail.Auto));

        Assert.Equal(404, answer.Status);
        Assert.Contains("there is no machine 'm'", answer.Text, StringComparison.Ordinal);
        Assert.Empty(answer.Warnings);
    }

    [Fact]
    public async Task An_owner_that_has_not_seen_the_cluster_yet_knows_less_than_the_copy_and_more_than_nothing()
    {
        _owner = question => question is GetMachine ? new NotSeenYet(Status("not listed yet"), null) : new NotSeenYet(null, new MachineImages([A, B], [], []));

        Assert.Equal("not listed yet", (string)(await GetAsync(reads => http => reads.MachineAsync(http, "m", NodeDetail.Auto))).Json["message"]!);
        var available = await GetAsync(reads => http => reads.ImagesAsync(http, "m", images => images.Available));
        Assert.Empty(Names(available));
        Assert.Empty(available.Warnings);

        await PublishAsync(CopyKeys.Machine("m"), Status("an earlier one"));
        Assert.Equal("an earlier one", (string)(await GetAsync(reads => http => reads.MachineAsync(http, "m", NodeDetail.Auto))).Json["message"]!);
        available = await GetAsync(reads => http => reads.ImagesAsync(http, "m", images => images.Available));
        Assert.Equal(["a"], Names(available));
        Assert.Single(available.Warnings);
    }

    [Fact]
    public async Task Without_an_answer_and_without_a_copy_the_reason_is_said_and_no_address()
    {
        _host.Services.GetRequiredService<JournalTroubles>().CannotRead(Akka.Event.NoLogger.Instance, "m", 0, new IOException("Failed to connect to 10.1.2.3:5432 (db.internal:5432)"), null);

        var answer = await GetAsync(reads => http => reads.MachineAsync(http, "nobody", NodeDetail.Auto));

        Assert.Equal(503, answer.Status);
        Assert.NotEqual("", answer.Header("Retry-After"));
        Assert.Contains("no answer within 1 s, the journal fails: Failed to connect to the database (the database)", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_comes_late_is_waited_for_where_there_is_no_copy()
    {
        var later = new TaskCompletionSource<object>();
        _owner = _ => later.Task;
        var asked = GetAsync(reads => http => reads.MachineAsync(http, "m", NodeDetail.Auto));
        await Task.Delay(TimeSpan.FromSeconds(1.5), TimeProvider.System);
        Assert.False(asked.IsCompleted);

        later.SetResult(Status("late"));
        Assert.Equal("late", (string)(await asked).Json["message"]!);
    }

    [Fact]
    public async Task An_owner_on_a_replica_that_is_missed_is_not_asked()
    {
        var system = _host.Services.GetRequiredService<ActorSystem>();
        var other = await StartAsync(Akka.Cluster.Cluster.Get(system).SelfAddress);
        await PublishAsync(CopyKeys.Machine("m"), other, Status("the other's"));
        await other.Services.GetRequiredService<ActorSystem>().Terminate();
        while (Akka.Cluster.Cluster.Get(system).State.Unreachable.IsEmpty)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        var asked = 0;
        _owner = _ =>
        {
            asked++;
            return null;
        };

        var answer = await GetAsync(reads => http => reads.MachineAsync(http, "m", NodeDetail.Auto));

        Assert.Equal("the other's", (string)answer.Json["message"]!);
        Assert.Single(answer.Warnings);
        Assert.Equal(0, asked);
    }

    private static MachineStatus Status(string message) => new()
    {
        Name = "m",
        Labels = ImmutableSortedDictionary<string, string>.Empty,
        CommonCache = [],
        AllImages = [A, B],
        AvailableImages = [A],
        DesiredImages = [A, B],
        ImagesToCache = [B],
        Phase = MachinePhase.Waiting,
        Message = message,
        Nodes = [],
        Pulls = [],
    };

    private static IEnumerable<string> Names(Answer answer) => answer.Json["images"]!.AsArray().Select(image => (string)image!["name"]!);

    private Task<DateTimeOffset> PublishAsync(string key, params object[] answers) => PublishAsync(key, _host, answers);

    // Returns when it was published, and has come.
    private async Task<DateTimeOffset> PublishAsync(string key, IHost by, params object[] answers)
    {
        var system = _host.Services.GetRequiredService<ActorSystem>();
        var before = (await system.ReadCopyAsync(key, default))?.Value;
        by.Services.GetRequiredService<IActorRegistry>().Get<CopyKeeperActor>()
            .Tell(new PublishCopy(key, 1, IsProvisional: false, () => answers), by.Services.GetRequiredService<ActorSystem>().ActorOf(Props.Empty));
        while (true)
        {
            if ((await system.ReadCopyAsync(key, default))?.Value is { } copy && !ReferenceEquals(copy, before))
                return copy.At;
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    private async Task<Answer> GetAsync(Func<OwnerOrCopy, Func<HttpContext, Task<IResult>>> ask)
    {
        using var body = new MemoryStream();
        var http = new DefaultHttpContext { RequestServices = _host.Services };
        http.Response.Body = body;
        await (await ask(_host.Services.GetRequiredService<OwnerOrCopy>())(http)).ExecuteAsync(http);
        return new(http.Response, System.Text.Encoding.UTF8.GetString(body.ToArray()));
    }

    private sealed record Answer(HttpResponse Response, string Text)
    {
        public int Status => Response.StatusCode;

        public JsonNode Json => JsonNode.Parse(Text)!;

        public string[] Warnings => [.. Response.Headers["Warning"].Select(warning => warning!)];

        public string Header(string name) => Response.Headers[name].ToString();
    }

    private sealed class Owner : ReceiveActor
    {
        public Owner(Func<object, object?> answer) => ReceiveAny(question =>
        {
            switch (answer(question))
            {
                case Task<object> later:
                    later.PipeTo(Sender);
                    break;
                case { } now:
                    Sender.Tell(now);
                    break;
            }
        });
    }
}
