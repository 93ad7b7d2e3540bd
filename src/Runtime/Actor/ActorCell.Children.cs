using System.Collections.Immutable;
using System.Globalization;
using CacheMachine.Runtime.Dispatch;

namespace CacheMachine.Runtime.Actor;

/// <content>The children. They are added by compare-and-swap because a guardian's are made from any thread.</content>
internal sealed partial class ActorCell
{
    private ChildrenState _children = ChildrenState.None;
    private HashSet<IActorRef>? _dying;
    private long _generatedNames;

    internal IReadOnlyCollection<ChildStats> ChildStats => [.. _children.ByName.Values];

    public IActorRef ActorOf(Props props, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(props);
        if (name is null) name = "$" + (Interlocked.Increment(ref _generatedNames) - 1).ToString("x", CultureInfo.InvariantCulture);
        else ActorPath.CheckName(name);
        return AddChild(props, name);
    }

    /// <summary>Any thread.</summary>
    internal LocalActorRef AddChild(Props props, string name)
    {
        var child = new ActorCell(System, props, SelfRef, new ActorPath(SelfRef.Path, name, ActorSystem.NextUid()));
        var stats = new ChildStats(child.SelfRef);
        ChildrenState before;
        do
        {
            before = Volatile.Read(ref _children);
            if (before.Closed) throw new InvalidOperationException($"{SelfRef} cannot create the child '{name}': it is stopping.");
            if (before.ByName.ContainsKey(name)) throw new InvalidActorNameException($"The actor name '{name}' is not unique in {SelfRef}.");
        }
        while (!Replace(before, before with { ByName = before.ByName.Add(name, stats) }));

        child.Mailbox.Enqueue(new Create());
        return child.SelfRef;
    }

    internal IActorRef Child(string name) => _children.ByName.TryGetValue(name, out var child) ? child.Ref : ActorRefs.Nobody;

    internal IEnumerable<IActorRef> GetChildren() => _children.ByName.Values.Select(static one => one.Ref).ToArray();

    public void Stop(IActorRef actor)
    {
        if (actor is not InternalActorRef target) throw new ArgumentException($"{actor} is not a reference of this runtime.", nameof(actor));
        if (IsChild(target)) (_dying ??= []).Add(target);
        target.Stop();
    }

    private bool IsChild(InternalActorRef actor) => FindChild(actor) is not null;

    private ChildStats? FindChild(InternalActorRef actor) =>
        _children.ByName.TryGetValue(actor.Path.Name, out var child) && child.Ref.Equals(actor) ? child : null;

    private void RemoveChild(InternalActorRef child)
    {
        ChildrenState before;
        do
        {
            before = Volatile.Read(ref _children);
        }
        while (!Replace(before, before with { ByName = before.ByName.Remove(child.Path.Name) }));

        _dying?.Remove(child);
    }

    /// <summary>From here on nobody can add a child, so that the ones that are there are all that must die.</summary>
    private void CloseChildren()
    {
        ChildrenState before;
        do
        {
            before = Volatile.Read(ref _children);
        }
        while (!Replace(before, before with { Closed = true }));
    }

    private void StopChildren()
    {
        foreach (var child in GetChildren()) Stop(child);
    }

    private void SuspendChildren(IReadOnlyCollection<IActorRef> except)
    {
        foreach (var child in _children.ByName.Values)
        {
            if (!except.Contains(child.Ref)) child.Ref.SendSystemMessage(new Suspend());
        }
    }

    private void ResumeChildren(Exception? cause, IActorRef? perpetrator)
    {
        foreach (var child in _children.ByName.Values)
            child.Ref.SendSystemMessage(new Resume(child.Ref.Equals(perpetrator) ? cause : null));
    }

    private bool Replace(ChildrenState before, ChildrenState after) =>
        ReferenceEquals(Interlocked.CompareExchange(ref _children, after, before), before);

    private sealed record ChildrenState(ImmutableDictionary<string, ChildStats> ByName, bool Closed)
    {
        internal static readonly ChildrenState None = new(ImmutableDictionary.Create<string, ChildStats>(StringComparer.Ordinal), false);
    }
}
