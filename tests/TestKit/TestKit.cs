using CacheMachine.Runtime.Actor;
using CacheMachine.Runtime.Dispatch;
using CacheMachine.Runtime.Event;

namespace CacheMachine.Runtime.TestKit;

/// <summary>
/// Base of a test class with its own actor system, by default in virtual time. Stands for <c>Akka.TestKit.Xunit2.TestKit</c>. The system is
/// terminated after the test; that it does not end fails the test.
/// </summary>
public abstract class TestKit : TestKitBase, IDisposable
{
    private static readonly TimeSpan s_terminationGuard = TimeSpan.FromSeconds(10);
    private int _probes;

    /// <summary>A system in virtual time, or with these settings.</summary>
    protected TestKit(ActorSystemSettings? settings = null)
        : base(ActorSystem.Create("test", Observed(settings ?? new ActorSystemSettings { TimeProvider = new VirtualTimeProvider() })), "testActor")
    {
        if (Sys.Settings.TimeProvider is VirtualTimeProvider time) time.ComeToRest += ComeToRest;
    }

    /// <summary>The system's clock. Stands for <c>Akka.TestKit.TestScheduler</c>, got there from <c>Sys.Scheduler</c>.</summary>
    /// <exception cref="InvalidOperationException">The system was given another clock.</exception>
    public VirtualTimeProvider Time => Sys.Settings.TimeProvider as VirtualTimeProvider
        ?? throw new InvalidOperationException("This test's actor system does not run in virtual time.");

    /// <summary>Stands for <c>Akka.TestKit.TestKitBase.CreateTestProbe</c>.</summary>
    /// <param name="name">A prefix of the probe's actor name.</param>
    public TestProbe CreateTestProbe(string? name = null) => new(Sys, $"{name ?? "testProbe"}-{Interlocked.Increment(ref _probes)}");

    /// <summary>Stands for <c>Akka.TestKit.TestKitBase.ActorOf</c>: a child of the user guardian.</summary>
    /// <param name="props">How to make it.</param>
    /// <param name="name">Unique; generated if null.</param>
    public IActorRef ActorOf(Props props, string? name = null) => Sys.ActorOf(props, name);

    /// <summary>From now on the test actor gets every message that could not be delivered, as a dead letter.</summary>
    public void SubscribeToDeadLetters() => Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Terminates the system and waits for its end.</summary>
    /// <param name="disposing">Always true.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (!Sys.Terminate().Wait(s_terminationGuard))
            throw new AssertionException($"The actor system did not terminate within {s_terminationGuard}: an actor does not stop.");
    }

    private static ActorSystemSettings Observed(ActorSystemSettings settings) => settings with { Activity = new ActivityTracker() };
}
