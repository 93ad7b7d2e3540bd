namespace CacheMachine.TestKit;

/// <summary>Tells when an actor system has nothing to do.</summary>
public static class Rest
{
    /// <summary>
    /// Waits until all mailboxes are idle and stay so while the thread pool takes what was queued before: continuations of tasks that
    /// are done (a piped result, the answer to an Ask) run meanwhile and would wake an actor.
    /// </summary>
    public static void Await(ActorSystem system, TimeSpan guard)
    {
        var activity = Activity.Of(system.EventStream);
        long entered;
        do
        {
            if (!SpinWait.SpinUntil(() => activity.Active == 0, guard))
                throw new TimeoutException($"The actor system {system.Name} did not come to rest within {guard}: a handler runs on and on.");
            entered = activity.Entered;
            PassThroughThreadPool(guard);
            PassThroughThreadPool(guard);
        }
        while (activity.Active != 0 || activity.Entered != entered);
    }

    private static void PassThroughThreadPool(TimeSpan guard)
    {
        using var passed = new ManualResetEventSlim();
        ThreadPool.UnsafeQueueUserWorkItem(static gate => gate.Set(), passed, preferLocal: false);
        if (!passed.Wait(guard))
            throw new TimeoutException($"The thread pool did not run a work item within {guard}.");
    }
}
