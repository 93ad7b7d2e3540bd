using System.Collections.Concurrent;
using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.TestKit;

/// <summary>
/// Expectations about the messages that one test actor gets. Stands for <c>Akka.TestKit.TestKitBase</c>. All limits are guards in real
/// time: they end a test that would fail, and are never waited for in one that passes.
/// </summary>
public abstract class TestKitBase
{
    /// <summary>How long anything may take that must happen: long enough for a loaded machine.</summary>
    private static readonly TimeSpan s_guard = TimeSpan.FromSeconds(5);

    private readonly BlockingCollection<QueueActor.Received> _queue = [];

    private protected TestKitBase(ActorSystem sys, string name)
    {
        Sys = sys;
        TestActor = sys.SystemActorOf(Props.Create<QueueActor>(_queue), name);
    }

    /// <summary>Stands for <c>Akka.TestKit.TestKitBase.Sys</c>.</summary>
    public ActorSystem Sys { get; }

    /// <summary>Stands for <c>Akka.TestKit.TestKitBase.TestActor</c>: to be given as the sender; there is no implicit one in a test.</summary>
    public IActorRef TestActor { get; }

    /// <summary>Stands for <c>Akka.TestKit.TestKitBase.LastSender</c>: of the message that was expected last; Nobody before the first.</summary>
    public IActorRef LastSender { get; private set; } = ActorRefs.Nobody;

    /// <summary>Stands for <c>Akka.TestKit.TestKitBase.ExpectMsg{T}(TimeSpan?, string)</c>: the next message has this type.</summary>
    /// <param name="timeout">Real time; 5 s if null.</param>
    public T ExpectMsg<T>(TimeSpan? timeout = null) => ExpectMsg<T>(static _ => true, timeout);

    /// <summary>Stands for <c>Akka.TestKit.TestKitBase.ExpectMsg{T}(T, TimeSpan?, string)</c>: the next message equals this one.</summary>
    /// <param name="message">Compared with Equals.</param>
    /// <param name="timeout">Real time; 5 s if null.</param>
    public T ExpectMsg<T>(T message, TimeSpan? timeout = null) =>
        ExpectMsg<T>(got => Equals(got, message) ? true : throw new AssertionException($"Expected <{message}>, got <{got}>."), timeout);

    /// <summary>
    /// Stands for <c>Akka.TestKit.TestKitBase.ExpectMsg{T}(Predicate{T}, TimeSpan?, string)</c>: the next message has this type and satisfies
    /// the predicate.
    /// </summary>
    /// <param name="isMessage">False fails the test.</param>
    /// <param name="timeout">Real time; 5 s if null.</param>
    public T ExpectMsg<T>(Predicate<T> isMessage, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(isMessage);
        var message = Next(timeout ?? s_guard, $"a message of type {typeof(T)}");
        if (message is not T typed) throw new AssertionException($"Expected a message of type {typeof(T)}, got <{message}> of type {message.GetType()}.");
        return isMessage(typed) ? typed : throw new AssertionException($"The message <{message}> does not satisfy the predicate.");
    }

    /// <summary>Stands for <c>Akka.TestKit.TestKitBase.FishForMessage{T}</c>: drops messages until one has this type and satisfies the predicate.</summary>
    /// <param name="isMessage">True ends the fishing.</param>
    /// <param name="max">Real time; 5 s if null.</param>
    public T FishForMessage<T>(Predicate<T> isMessage, TimeSpan? max = null)
    {
        ArgumentNullException.ThrowIfNull(isMessage);
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var left = (max ?? s_guard) - TimeProvider.System.GetElapsedTime(started);
            var message = Next(left > TimeSpan.Zero ? left : TimeSpan.Zero, $"a message of type {typeof(T)} that satisfies the predicate");
            if (message is T typed && isMessage(typed)) return typed;
        }
    }

    /// <summary>
    /// Stands for <c>Akka.TestKit.TestKitBase.ExpectNoMsg()</c>: when the system has come to rest, no message is there.
    /// </summary>
    public void ExpectNoMsg()
    {
        ComeToRest();
        if (_queue.TryTake(out var received)) throw new AssertionException($"Expected no message, got <{received.Message}> from {received.Sender}.");
    }

    /// <summary>
    /// Stands for <c>Akka.TestKit.TestKitBase.ExpectNoMsg(TimeSpan)</c>: lets that much time pass in the virtual clock, then as
    /// <see cref="ExpectNoMsg()"/>; with the real clock it waits.
    /// </summary>
    public void ExpectNoMsg(TimeSpan duration)
    {
        if (Sys.Settings.TimeProvider is VirtualTimeProvider time) time.Advance(duration);
        else if (_queue.TryTake(out var received, duration))
            throw new AssertionException($"Expected no message for {duration}, got <{received.Message}> from {received.Sender}.");
        ExpectNoMsg();
    }

    /// <summary>Stands for <c>Akka.TestKit.TestKitBase.ExpectTerminated</c>: the next message says that this actor, watched before, is dead.</summary>
    /// <param name="actor">Watched by this test actor.</param>
    /// <param name="timeout">Real time; 5 s if null.</param>
    public Terminated ExpectTerminated(IActorRef actor, TimeSpan? timeout = null) =>
        ExpectMsg<Terminated>(dead => dead.ActorRef.Equals(actor), timeout);

    /// <summary>Stands for <c>Akka.TestKit.TestKitBase.Watch</c>; the watch is in force when this returns.</summary>
    public IActorRef Watch(IActorRef actor) => Command(actor, watch: true);

    /// <summary>Stands for <c>Akka.TestKit.TestKitBase.Unwatch</c>.</summary>
    public IActorRef Unwatch(IActorRef actor) => Command(actor, watch: false);

    /// <summary>Stands for <c>Akka.TestKit.TestKitBase.AwaitCondition(Func{bool}, TimeSpan?)</c>: polls until it is true.</summary>
    /// <param name="conditionIsFulfilled">Called on the test's thread.</param>
    /// <param name="max">Real time; 5 s if null.</param>
    public static void AwaitCondition(Func<bool> conditionIsFulfilled, TimeSpan? max = null)
    {
        ArgumentNullException.ThrowIfNull(conditionIsFulfilled);
        if (!SpinWait.SpinUntil(conditionIsFulfilled, max ?? s_guard)) throw new AssertionException($"The condition was not fulfilled within {max ?? s_guard}.");
    }

    /// <summary>Stands for <c>Akka.TestKit.TestKitBase.AwaitAssert</c>: polls until the assertion no longer throws.</summary>
    /// <param name="assertion">Called on the test's thread.</param>
    /// <param name="duration">Real time; 5 s if null. Then the last exception is the inner one.</param>
    public static void AwaitAssert(Action assertion, TimeSpan? duration = null)
    {
        ArgumentNullException.ThrowIfNull(assertion);
        Exception? last = null;
        var held = SpinWait.SpinUntil(() =>
        {
            try
            {
                assertion();
                return true;
            }
            catch (Exception failure)
            {
                last = failure;
                return false;
            }
        }, duration ?? s_guard);
        if (!held) throw new AssertionException($"The assertion did not hold within {duration ?? s_guard}: {last?.Message}", last);
    }

    /// <summary>
    /// Waits until no actor runs and no message waits. No counterpart in Akka.NET. A task that does I/O is not seen: await its
    /// message.
    /// </summary>
    public void ComeToRest() => Rest.Await(Sys, s_guard);

    private object Next(TimeSpan timeout, string expected)
    {
        if (!_queue.TryTake(out var received, timeout)) throw new AssertionException($"Expected {expected}, got nothing within {timeout}.");
        LastSender = received.Sender;
        return received.Message;
    }

    private IActorRef Command(IActorRef actor, bool watch)
    {
        var done = TestActor.Ask<QueueActor.WatchCommand>(new QueueActor.WatchCommand(actor, watch));
        if (!done.Wait(s_guard)) throw new AssertionException($"The test actor did not watch {actor} within {s_guard}.");
        return actor;
    }
}
