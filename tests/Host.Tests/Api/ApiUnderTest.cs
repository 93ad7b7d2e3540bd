using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Akka.Actor;
using Akka.Hosting;
using CacheMachine.Actors;
using CacheMachine.Actors.Machines;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Host.Api;
using CacheMachine.Host.Startup;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CacheMachine.Host.Tests.Api;

/// <summary>The real web server and routes before actors that answer as a test says.</summary>
internal sealed class ApiUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    // A cluster of one, because the routes look for copies of answers; the same for all tests, because it takes its time to start.
    private static readonly ActorSystem System = ActorSystem.Create(
        "api",
        "akka { loglevel = OFF, stdout-loglevel = OFF, actor.provider = cluster, remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 } }");

    private readonly LogLines _log = new();
    private readonly IActorRef _actor;
    private readonly WebApplication _web;

    private ApiUnderTest(
        Func<object, object?> answer, TimeProvider? time, Action<KestrelServerOptions>? kestrel, (string Key, string Value)[] settings)
    {
        var startup = TestSettings.Load(settings);
        Assert.Empty(startup.Errors);
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddWeb(startup.Settings!);
        builder.Logging.ClearProviders().AddProvider(_log)
            .SetMinimumLevel(LogLevel.Debug).AddFilter("Microsoft.AspNetCore", LogLevel.Debug);
        if (kestrel is not null)
            builder.Services.Configure(kestrel);
        _actor = System.ActorOf(Props.Create(() => new Answering(answer)));
        builder.Services.AddSingleton(System).AddSingleton(time ?? TimeProvider.System)
            .AddSingleton(new JournalTroubles(time ?? TimeProvider.System)).AddMachineEndpoints()
            .AddSingleton<IRequiredActor<MachineSupervisorActor>>(new Stub<MachineSupervisorActor>(_actor))
            .AddSingleton<IRequiredActor<MachineActor>>(new Stub<MachineActor>(_actor));
        _web = builder.Build();
        _web.MapMachines(startup.Settings!);
        _web.MapGet("/fails", Task () => throw new InvalidOperationException("a defect"));
        Http = new HttpClient();
    }

    public HttpClient Http { get; }

    /// <summary>What was logged, as <c>Level: message</c>.</summary>
    public IReadOnlyCollection<string> Log => _log.Lines;

    public Uri Address => _web.Address();

    /// <summary>Starts it.</summary>
    /// <param name="answer">Answers a question to an actor; null for no answer.</param>
    /// <param name="time">Clock; null for the real one.</param>
    /// <param name="kestrel">What is different in the web server.</param>
    /// <param name="settings">As <c>HTTP__BODY_TIMEOUT</c>.</param>
    public static async Task<ApiUnderTest> StartAsync(
        Func<object, object?>? answer = null, TimeProvider? time = null, Action<KestrelServerOptions>? kestrel = null,
        params (string Key, string Value)[] settings)
    {
        var api = new ApiUnderTest(answer ?? (_ => null), time, kestrel, settings);
        await api._web.StartAsync();
        api.Http.BaseAddress = api.Address;
        return api;
    }

    /// <summary>A connection that says what no HTTP client would.</summary>
    public async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(Address.Host, Address.Port);
        return client;
    }

    /// <summary>Sends these characters and reads until the server closes the connection.</summary>
    public async Task<string> SayAsync(string request)
    {
        using var client = await ConnectAsync();
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        using var answer = new StreamReader(client.GetStream(), Encoding.UTF8);
        return await answer.ReadToEndAsync();
    }

    /// <summary>Waits until a line that contains this has been logged.</summary>
    public async Task<string> LoggedAsync(string text)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (_log.Lines.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal)) is { } line)
                return line;
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Guard, $"'{text}' is not in the log: {string.Join('\n', _log.Lines)}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        System.Stop(_actor);
        await _web.DisposeAsync();
    }

    private sealed class Answering : ReceiveActor
    {
        public Answering(Func<object, object?> answer) => ReceiveAny(question =>
        {
            if (answer(question) is { } given)
                Sender.Tell(given);
        });
    }

    private sealed class Stub<T>(IActorRef actor) : IRequiredActor<T>
    {
        public IActorRef ActorRef => actor;

        public Task<IActorRef> GetAsync(CancellationToken cancellationToken = default) => Task.FromResult(actor);
    }

    private sealed class LogLines : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> Lines => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}".TrimEnd());

        public void Dispose()
        {
        }
    }
}
