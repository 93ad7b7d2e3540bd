using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.Persistence;

/// <summary>
/// The stash of a persistent actor. What is unstashed goes before the commands that wait for the journal, not before the mailbox, so that it waits as they do.
/// Stands for Akka.NET's <c>Eventsourced.InternalStashAwareStash</c>.
/// </summary>
internal sealed class PersistentStash(MailboxStash stashed, MailboxStash waiting) : IStash
{
    public void Stash() => stashed.Stash();

    public void Unstash()
    {
        var all = stashed.ClearStash();
        waiting.Prepend([.. all.Take(1)]);
        stashed.Prepend([.. all.Skip(1)]);
    }

    public void UnstashAll() => waiting.Prepend(stashed.ClearStash());
}
