using System.Runtime.CompilerServices;
using Akka.Configuration;
using Akka.Dispatch;

namespace CacheMachine.TestKit;

/// <summary>How many mailboxes of an actor system run or are about to. Akka.NET does not tell, so this is a dispatcher that counts.</summary>
internal sealed class Activity
{
    private static readonly ConditionalWeakTable<EventStream, Activity> Systems = [];

    private long _active;
    private long _entered;

    /// <summary>Mailboxes that run or wait for a thread; 0 means that no message waits.</summary>
    public long Active => Volatile.Read(ref _active);

    /// <summary>How often a mailbox was given a thread.</summary>
    public long Entered => Volatile.Read(ref _entered);

    /// <summary>That of an actor system, by its event stream, which is what a dispatcher knows of it.</summary>
    public static Activity Of(EventStream system) => Systems.GetOrCreateValue(system);

    public void Run(IRunnable mailbox)
    {
        Interlocked.Increment(ref _active);
        Interlocked.Increment(ref _entered);
        ThreadPool.UnsafeQueueUserWorkItem(
            static work =>
            {
                try
                {
                    work.mailbox.Run();
                }
                finally
                {
                    Interlocked.Decrement(ref work.Activity._active);
                }
            },
            (mailbox, Activity: this), preferLocal: false);
    }
}

/// <summary>Akka.NET's default dispatcher, the thread pool, counted. Akka.NET makes it, by its name in the configuration.</summary>
public sealed class CountedDispatcher : MessageDispatcherConfigurator
{
    private readonly Pool _pool;

    /// <summary>Called by Akka.NET.</summary>
    /// <param name="config">Of the dispatcher.</param>
    /// <param name="prerequisites">Of the actor system.</param>
    public CountedDispatcher(Config config, IDispatcherPrerequisites prerequisites) : base(config, prerequisites) => _pool = new Pool(this);

    /// <summary>Makes it the dispatcher of all actors, Akka.NET's own included.</summary>
    public static Config Everywhere { get; } = ConfigurationFactory.ParseString(string.Join('\n', new[]
    {
        "akka.actor.default-dispatcher", "akka.actor.internal-dispatcher", "akka.remote.default-remote-dispatcher", "akka.remote.backoff-remote-dispatcher",
        "akka.persistence.dispatchers.default-plugin-dispatcher", "akka.persistence.dispatchers.default-replay-dispatcher",
    }.Select(dispatcher => $"{dispatcher}.type = \"{typeof(CountedDispatcher).AssemblyQualifiedName}\"")));

    /// <inheritdoc/>
    public override MessageDispatcher Dispatcher() => _pool;

    private sealed class Pool(CountedDispatcher configurator) : MessageDispatcher(configurator)
    {
        private readonly Activity _activity = Activity.Of(configurator.Prerequisites.EventStream);

        protected override void ExecuteTask(IRunnable run) => _activity.Run(run);

        protected override void Shutdown()
        {
        }
    }
}
