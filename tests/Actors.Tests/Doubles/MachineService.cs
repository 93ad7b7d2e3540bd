using System.Text;
using Akka.Hosting;
using CacheMachine.Actors.Copies;
using CacheMachine.Actors.Machines;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.RepoMen;
using CacheMachine.Actors.Specs;
using CacheMachine.Actors.Supervisor;
using CacheMachine.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CacheMachine.Actors.Tests.Doubles;

/// <summary>All actors of the service on a cluster double, in virtual time, on a SQLite journal; it can be restarted.</summary>
internal sealed class MachineService : IAsyncDisposable
{
    /// <summary>For a machine that is busy with other things; no test that passes waits for it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly MachineSettings _settings;
    private IHost? _host;

    private MachineService(JournalTables? tables, MachineSettings? settings)
    {
        Store = new WatchedStore(tables);
        _settings = settings ?? new MachineSettings();
    }

    public ClusterDouble Cluster { get; } = new();

    public RegistryDouble Registry { get; } = new();

    public VirtualTimeProvider Time { get; } = new();

    public JournalTroubles Troubles => field ??= new(Time);

    public ActorSystem System => _host!.Services.GetRequiredService<ActorSystem>();

    public WatchedStore Store { get; }

    public IActorRef Supervisor { get; private set; } = ActorRefs.Nobody;

    public IActorRef Machines { get; private set; } = ActorRefs.Nobody;

    /// <summary>What all pulls together may take, from the next start on; null for no limits.</summary>
    public PullLimits? Limits { get; set; }

    /// <summary>The service, and its actors.</summary>
    /// <param name="tables">Of its journal; null for one that ends with it.</param>
    /// <param name="settings">Of the machines.</param>
    public static MachineService Start(JournalTables? tables = null, MachineSettings? settings = null)
    {
        var service = Stopped(tables, settings);
        service.Run();
        return service;
    }

    /// <summary>The service, whose actors wait for <see cref="Run"/>.</summary>
    /// <inheritdoc cref="Start"/>
    public static MachineService Stopped(JournalTables? tables = null, MachineSettings? settings = null) => new(tables, settings);

    /// <summary>Starts the actors.</summary>
    public void Run()
    {
        _host = ServiceSystem.Start(
            Time, Store,
            akka => (Limits is { } limits ? akka.AddPullBudget(limits) : akka)
                .AddClusterWatcher().AddCopies().AddMachines(_settings, 4).AddSupervisor(new SupervisorSettings()),
            services => services.AddSingleton<IClusterWatch>(Cluster).AddSingleton<IPulls>(Cluster).AddSingleton<TimeProvider>(Time).AddSingleton(Troubles).AddSingleton(new RepoManFactory(
                Registry, new RepoManSettings(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1)))));
        var actors = _host.Services.GetRequiredService<IActorRegistry>();
        Machines = actors.Get<MachineActor>();
        Supervisor = actors.Get<MachineSupervisorActor>();
    }

    /// <summary>The process ends, and nothing that it had begun is carried on.</summary>
    public async Task StopAsync()
    {
        if (_host is null)
            return;
        await _host.Services.GetRequiredService<ActorSystem>().Terminate().WaitAsync(Patience);
        _host.Dispose();
        _host = null;
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        Run();
    }

    public static Task<object> AskAsync(IActorRef actor, object question) => actor.Ask<object>(question).WaitAsync(Patience);

    public async Task<MachineStatus> CreateAsync(MachineSpec spec) => (MachineStatus)await AskAsync(Supervisor, new CreateMachine(spec));

    public async Task<MachineStatus> StatusAsync(string name) => await AskAsync(Machines, new GetMachine(name)) switch
    {
        NotSeenYet { Status: { } status } => status,
        var answer => (MachineStatus)answer,
    };

    public async Task<IReadOnlyList<string>> NamesAsync() => ((MachineNames)await AskAsync(Supervisor, ListMachines.Instance)).Names;

    /// <summary>The machine's actor stops, as one does whose journal fails.</summary>
    public void KillMachine(string name) =>
        _host!.Services.GetRequiredService<ActorSystem>().ActorSelection($"/system/sharding/{MachineActor.TypeName}/*/{name}").Tell(PoisonPill.Instance, ActorRefs.NoSender);

    /// <summary>Lets time pass, a little at a time, until it is so.</summary>
    public Task Until(Func<bool> condition, string what) => Until(() => Task.FromResult(condition()), what);

    /// <summary>Lets time pass, a little at a time, until it is so.</summary>
    public async Task Until(Func<Task<bool>> condition, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
                throw new TimeoutException($"it never came that {what}; requests: {Requests()}; written: {string.Join(", ", Store.Written)}");
            Time.Advance(ClusterWatcherActor.Gather);
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }
    }

    /// <summary>Lets the actors do what they would do in this time if nothing happens.</summary>
    public async Task Quiet(TimeSpan time)
    {
        var end = Time.GetUtcNow() + time;
        for (var i = 0; i < 10; i++)
        {
            // On Akka.NET the clock goes on by itself as well.
            Time.Advance(end - Time.GetUtcNow() is { Ticks: > 0 } left ? left / (10 - i) : TimeSpan.Zero);
            await AskAsync(Supervisor, ListMachines.Instance);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Store.Dispose();
    }

    private string Requests() => Cluster.Requests.Aggregate(new StringBuilder(), (text, r) => text.Append($"{r.Verb} {r.Name}, ")).ToString();
}
