using System.Collections.Concurrent;
using CacheMachine.Runtime.Event;
using Microsoft.Extensions.Logging;

namespace CacheMachine.Runtime.Actor;

/// <summary>
/// A tree of actors with one clock, one event stream and one end. Stands for <c>Akka.Actor.ActorSystem</c>. What it terminates in order:
/// the children of the user guardian, the system's own actors, the timers, the extensions.
/// </summary>
public sealed class ActorSystem : IActorRefFactory
{
    private static long s_lastUid;

    private readonly ConcurrentDictionary<Type, Lazy<object>> _extensions = new();
    private readonly ConcurrentStack<object> _disposables = new();
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ActorPath _root;
    private readonly ActorCell _user;
    private readonly ActorCell _system;

    private ActorSystem(string name, ActorSystemSettings settings)
    {
        Name = name;
        Settings = settings;
        Logger = settings.LoggerFactory.CreateLogger<ActorSystem>();
        SchedulerInternal = new Scheduler(settings.TimeProvider);
        _root = new ActorPath("akka://" + name);
        DeadLetters = new DeadLetterActorRef(this, new ActorPath(_root, "deadLetters"), Logger);
        (_user, _system) = Guardians.Start(this, _root);
    }

    /// <summary>Stands for <c>Akka.Actor.ActorSystem.Name</c>.</summary>
    public string Name { get; }

    /// <summary>Stands for <c>Akka.Actor.ActorSystem.EventStream</c>.</summary>
    public EventStream EventStream { get; } = new();

    /// <summary>Stands for <c>Akka.Actor.ActorSystem.Scheduler</c>.</summary>
    internal IScheduler Scheduler => SchedulerInternal;

    /// <summary>Stands for <c>Akka.Actor.ActorSystem.DeadLetters</c>.</summary>
    internal IActorRef DeadLetters { get; }

    /// <summary>Stands for <c>Akka.Actor.ActorSystem.WhenTerminated</c>: done when nothing of this system runs any more.</summary>
    internal Task WhenTerminated => _terminated.Task;

    internal ActorSystemSettings Settings { get; }

    internal ILogger Logger { get; }

    internal Scheduler SchedulerInternal { get; }

    /// <summary>Stands for <c>Akka.Actor.ActorSystem.Create</c>.</summary>
    /// <param name="name">ASCII letters, digits, - and _; not starting with - or _.</param>
    /// <param name="settings">The system's clock and log; the real clock and no log if null.</param>
    /// <exception cref="ArgumentException">The name has another character.</exception>
    public static ActorSystem Create(string name, ActorSystemSettings? settings = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!char.IsAsciiLetterOrDigit(name[0]) || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            throw new ArgumentException(
                $"The actor system name '{name}' must contain only ASCII letters, digits, - and _, and begin with none of the last two.", nameof(name));
        return new ActorSystem(name, settings ?? new ActorSystemSettings());
    }

    /// <inheritdoc/>
    public IActorRef ActorOf(Props props, string? name = null) => _user.ActorOf(props, name);

    /// <inheritdoc/>
    public void Stop(IActorRef actor)
    {
        if (actor is not InternalActorRef target) throw new ArgumentException($"{actor} is not a reference of this runtime.", nameof(actor));
        target.Stop();
    }

    /// <summary>
    /// Stands for <c>Akka.Actor.ActorSystem.Terminate</c>: stops all actors, each after the message it is handling, parents after their
    /// children.
    /// </summary>
    /// <returns>Done when nothing of this system runs any more.</returns>
    public Task Terminate()
    {
        _user.SelfRef.Stop();
        return WhenTerminated;
    }

    /// <summary>Stands for <c>Akka.Actor.ActorSystem.GetExtension</c>.</summary>
    /// <exception cref="InvalidOperationException">Nobody has registered one.</exception>
    internal T GetExtension<T>() where T : class =>
        _extensions.TryGetValue(typeof(T), out var extension) ? (T)extension.Value
            : throw new InvalidOperationException($"The actor system '{Name}' has no extension {typeof(T)}.");

    /// <summary>
    /// Stands for <c>Akka.Actor.ActorSystem.RegisterExtension</c>: makes the extension unless there is one. It is disposed, if it can be, when
    /// all actors have stopped; the last one first.
    /// </summary>
    internal T RegisterExtension<T>(Func<ActorSystem, T> create) where T : class =>
        (T)_extensions.GetOrAdd(typeof(T), _ => new Lazy<object>(() =>
        {
            var extension = create(this);
            _disposables.Push(extension);
            return extension;
        })).Value;

    /// <summary>Makes an actor that outlives those of the user. Stands for <c>Akka.Actor.ExtendedActorSystem.SystemActorOf</c>.</summary>
    internal IActorRef SystemActorOf(Props props, string name) => _system.ActorOf(props, name);

    internal static long NextUid() => Interlocked.Increment(ref s_lastUid);

    /// <summary>The path of a reference that serves one question.</summary>
    internal ActorPath NextTempPath()
    {
        var uid = NextUid();
        return new ActorPath(new ActorPath(_root, "temp"), $"${uid:x}", uid);
    }

    internal void PublishUnhandled(UnhandledMessage unhandled)
    {
        Logger.LogDebug("Message {MessageType} from {Sender} was not handled by {Recipient}.",
            unhandled.Message.GetType(), unhandled.Sender.Path, unhandled.Recipient.Path);
        EventStream.Publish(unhandled);
    }

    /// <summary>The last actor is dead.</summary>
    internal async Task FinishTermination()
    {
        SchedulerInternal.Dispose();
        while (_disposables.TryPop(out var extension))
        {
            try
            {
                if (extension is IAsyncDisposable later) await later.DisposeAsync();
                else (extension as IDisposable)?.Dispose();
            }
            catch (Exception failure)
            {
                Logger.LogError(failure, "Extension {Extension} threw while the actor system {System} terminated.", extension.GetType(), Name);
            }
        }

        _terminated.TrySetResult();
    }
}
