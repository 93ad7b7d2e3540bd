using System.Reflection;
using Akka.Hosting;
using CacheMachine.Actors.Machines;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Host.Api.Specs;
using CacheMachine.Host.Startup;
using CacheMachine.Host.Settings;

namespace CacheMachine.Host.Api;

/// <summary>The HTTP API: each request becomes a question to an actor, and its answer JSON.</summary>
internal static class MachineEndpoints
{
    // Reads are answered from memory; writes wait for the journal, deletions also for the cluster.
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(5), WriteTimeout = TimeSpan.FromSeconds(15), DeleteTimeout = TimeSpan.FromSeconds(60);

    public static void MapMachines(this WebApplication web, HostSettings settings)
    {
        var supervisor = web.Services.GetRequiredService<IRequiredActor<MachineSupervisorActor>>();
        var actors = web.Services.GetRequiredService<IRequiredActor<MachineActor>>();
        web.UseExceptionHandler();
        web.UseStatusCodePages();

        var metadata = About(settings.Http.Prefix);
        web.MapGet("/", () => Results.Json(metadata, ApiJson.Plain.Metadata));

        var machines = web.MapGroup($"/{settings.Http.Prefix}");
        machines.MapGet("/", (HttpContext http, CancellationToken cancelled) => Answer(http, ReadTimeout, async timeout =>
            await supervisor.ActorRef.Ask<object>(ListMachines.Instance, timeout, cancelled) is var answer && answer is MachineNames known
                ? Results.Json(known.Names, ApiJson.Plain.ImmutableArrayString)
                : NotNow(http, answer)));

        machines.MapPost("/", (HttpContext http, CancellationToken cancelled) => Answer(http, WriteTimeout, async timeout =>
        {
            if (await Body.ReadAsync(http.Request, settings.Http.MaxBodySize) is not { } body)
                return Problems.TooBig(settings.Http.MaxBodySize);
            return MachineSpecReader.Read(body) switch
            {
                { NotJson: { } why } => Problems.NotJson(why),
                { Spec: { } spec } => Machine(http, await supervisor.ActorRef.Ask<object>(new CreateMachine(spec), timeout, cancelled)),
                var refused => Problems.Faulty(refused.Faults),
            };
        }));

        machines.MapGet("/{name}", (HttpContext http, string name, CancellationToken cancelled) => Answer(http, ReadTimeout, async timeout =>
            Machine(http, await actors.ActorRef.Ask<object>(new GetMachine(name), timeout, cancelled))));

        machines.MapGet("/{name}/available", (HttpContext http, string name, CancellationToken cancelled) => Answer(http, ReadTimeout, async timeout =>
            Images(http, await actors.ActorRef.Ask<object>(new GetMachineImages(name), timeout, cancelled), images => images.Available)));

        machines.MapGet("/{name}/desired", (HttpContext http, string name, CancellationToken cancelled) => Answer(http, ReadTimeout, async timeout =>
            Images(http, await actors.ActorRef.Ask<object>(new GetMachineImages(name), timeout, cancelled), images => images.Desired)));

        // As the old service, deleting what is not there is no error: it is gone.
        machines.MapDelete("/{name}", (HttpContext http, string name, CancellationToken cancelled) => Answer(http, DeleteTimeout, async timeout =>
            await supervisor.ActorRef.Ask<object>(new RemoveMachine(name), timeout, cancelled) switch
            {
                MachineGone => Results.Json(new Deleted(name, true), ApiJson.Plain.Deleted),
                MachineNotFound => Results.Json(new Deleted(name, false), ApiJson.Plain.Deleted),
                var answer => NotNow(http, answer),
            }));
    }

    private static async Task<IResult> Answer(HttpContext http, TimeSpan timeout, Func<TimeSpan, Task<IResult>> ask)
    {
        try
        {
            return await ask(timeout);
        }
        catch (AskTimeoutException)
        {
            return Problems.Busy(http.Response, $"no answer within {timeout.TotalSeconds:0} s; whether it was carried out is not known, asking again is safe");
        }
    }

    private static IResult Machine(HttpContext http, object answer) => answer switch
    {
        MachineStatus status => Results.Json(status, ApiJson.Plain.MachineStatus),
        MachineNotFound none => Problems.NoMachine(none.Machine),
        _ => NotNow(http, answer),
    };

    private static IResult Images(HttpContext http, object answer, Func<MachineImages, System.Collections.Immutable.ImmutableArray<Actors.Images.DesiredImage>> which) => answer switch
    {
        MachineImages images => Results.Json(new ImageLists(which(images), images.All), ApiJson.Plain.ImageLists),
        MachineNotFound none => Problems.NoMachine(none.Machine),
        _ => NotNow(http, answer),
    };

    // No replica runs the machine just now, or the one that does cannot be reached, or cannot store anything.
    private static IResult NotNow(HttpContext http, object answer) => answer switch
    {
        Status.Failure failure => Problems.Busy(http.Response, failure.Cause.Message),
        NotStored refused => Problems.Busy(http.Response, $"it cannot be stored just now, asking again is safe: {refused.Why}"),
        _ => throw new InvalidOperationException($"an actor answered with {answer.GetType().Name}"),
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
