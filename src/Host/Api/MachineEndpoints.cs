using System.Reflection;
using Akka.Hosting;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Host.Api.Specs;
using CacheMachine.Host.Settings;
using CacheMachine.Host.Startup;

namespace CacheMachine.Host.Api;

/// <summary>The HTTP API: each request becomes a question to an actor, and its answer JSON.</summary>
internal static class MachineEndpoints
{
    // Writes wait for the journal, deletions also for the cluster; neither waits on for a journal that fails.
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(15), DeleteTimeout = TimeSpan.FromSeconds(60);

    /// <summary>What the endpoints need; it is made when the first request comes, after the actors.</summary>
    public static IServiceCollection AddMachineEndpoints(this IServiceCollection services) =>
        services.AddSingleton<AddressRedaction>().AddSingleton<PatientAsk>().AddSingleton<OwnerOrCopy>();

    private static readonly string[] GetOrHead = [HttpMethods.Get, HttpMethods.Head];

    public static void MapMachines(this WebApplication web, HostSettings settings)
    {
        var supervisor = web.Services.GetRequiredService<IRequiredActor<MachineSupervisorActor>>();
        var policy = SpecPolicy.Of(settings);
        var body = new Body(settings.Http.MaxBodySize, settings.Http.BodyTimeout, web.Services.GetRequiredService<TimeProvider>());
        var changes = new ChangeLog(web.Services.GetRequiredService<ILoggerFactory>().CreateLogger(settings.Log.Logger));
        web.UseApi(settings.Http);

        var metadata = About(settings.Http.Prefix);
        web.MapMethods("/", GetOrHead, () => Answers.Json(metadata, ApiJson.Plain.Metadata));

        var machines = web.MapGroup($"/{settings.Http.Prefix}");
        machines.MapMethods("/", GetOrHead, (HttpContext http, OwnerOrCopy reads) => reads.NamesAsync(http));

        machines.MapPost("/", async (HttpContext http, PatientAsk ask, CancellationToken cancelled) =>
        {
            if (await body.ReadAsync(http.Request) is not { } bytes)
                return Problems.TooBig(settings.Http.MaxBodySize);
            switch (MachineSpecReader.Read(bytes, policy))
            {
                case { NotJson: { } why }:
                    return Problems.NotJson(why);
                case { Spec: { } spec }:
                    switch (await ask.AskAsync(supervisor.ActorRef, new CreateMachine(spec), WriteTimeout, cancelled))
                    {
                        case { Answer: MachineStatus status }:
                            changes.Posted(spec.Name, http);
                            return Answers.Json(status, ApiJson.Plain.MachineStatus);
                        case { Answer: TooManyMachines { Limit: var limit } }:
                            return Problems.TooManyMachines(limit);
                        case { Answer: MachineNotFound }:
                            // Somebody has deleted it meanwhile.
                            return Problems.NoMachine(spec.Name);
                        case var asked:
                            return NotNow(http, asked);
                    }
                case var refused:
                    return Problems.Faulty(refused.Faults);
            }
        });

        machines.MapMethods("/{name}", GetOrHead, (HttpContext http, string name, OwnerOrCopy reads) =>
            NodesQuery.Read(http.Request) is { } nodes
                ? reads.MachineAsync(http, name, nodes)
                : Task.FromResult(NodesQuery.Refused(http.Request)));
        machines.MapMethods("/{name}/available", GetOrHead, (HttpContext http, string name, OwnerOrCopy reads) =>
            reads.ImagesAsync(http, name, images => images.Available));
        machines.MapMethods("/{name}/desired", GetOrHead, (HttpContext http, string name, OwnerOrCopy reads) =>
            reads.ImagesAsync(http, name, images => images.Desired));

        // As the old service, deleting what is not there is no error: it is gone.
        machines.MapDelete("/{name}", async (HttpContext http, string name, PatientAsk ask, CancellationToken cancelled) =>
        {
            switch (await ask.AskAsync(supervisor.ActorRef, new RemoveMachine(name), DeleteTimeout, cancelled))
            {
                case { Answer: MachineGone }:
                    changes.Deleted(name, http);
                    return Answers.Json(new Deleted(name, true), ApiJson.Plain.Deleted);
                case { Answer: MachineNotFound }:
                    return Answers.Json(new Deleted(name, false), ApiJson.Plain.Deleted);
                case var asked:
                    return NotNow(http, asked);
            }
        });
    }

    private static IResult NotNow(HttpContext http, Asked asked) => asked switch
    {
        { Answer: { } answer } => throw new InvalidOperationException($"an actor answered with {answer.GetType().Name}"),
        { IsRefused: true } => Problems.Busy(http.Response, $"it cannot be stored just now, asking again is safe: {asked.Why}"),
        _ => Problems.Busy(http.Response, $"{asked.Why}; whether it was carried out is not known, asking again is safe"),
    };

    private static Metadata About(string name)
    {
        var assembly = typeof(MachineEndpoints).Assembly;
        return new Metadata(
            name,
            CommandLine.Version,
            assembly.GetCustomAttribute<AssemblyDescriptionAttribute>()?.Description ?? "",
            Value("RepositoryUrl"), Value("DocumentationUrl"));

        string Value(string key) => assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == key)?.Value ?? "";
    }
}
