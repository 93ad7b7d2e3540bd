using CacheMachine.Runtime.Actor;

namespace CacheMachine.Runtime.Sharding;

/// <content>
/// Messages for entities of other replicas. To one entity they go one after another, each when the one before it has been taken: that keeps their order without waiting
/// for answers.
/// </content>
internal sealed partial class ShardRegionActor
{
    private static readonly TimeSpan AgainAfter = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, Queue<Held>> _outboxes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _sentTwice = new(StringComparer.Ordinal);

    private void SendLater(Held held)
    {
        if (_outboxes.TryGetValue(held.EntityId, out var queue))
        {
            if (queue.Count < Cluster!.Settings.HoldAtMost)
                queue.Enqueue(held);
            else
                Refuse(held, $"too many messages wait for its replica ({queue.Count})");
            return;
        }
        _outboxes.Add(held.EntityId, new Queue<Held>([held]));
        Send(held.EntityId);
    }

    /// <summary>Sends the first of those that wait; or all of them on another way, where the shard has moved.</summary>
    private void Send(string entityId)
    {
        var queue = _outboxes[entityId];
        var held = queue.Peek();
        if (_homes.GetValueOrDefault(held.ShardId) is not ShardHome.At home)
        {
            Reroute(entityId);
            return;
        }
        _ = Cluster!.Transport.DeliverAsync(home.Address, _services.TypeName, held.Message, HasSender(held), CancellationToken.None).PipeTo(
            Self, success: delivery => new Sent(entityId, home.Address, delivery), failure: e => new Sent(entityId, home.Address, new ShardDelivery.Failed(e.Message, MayHaveArrived: true)));
    }

    private void OnSent(Sent sent)
    {
        var held = _outboxes[sent.EntityId].Peek();
        switch (sent.Delivery)
        {
            case ShardDelivery.Taken taken:
                taken.Reply?.PipeTo(held.Sender, Self, failure: e => new Status.Failure(e as ShardUnavailableException ?? new ShardUnavailableException(e.Message)));
                Next(sent.EntityId);
                break;
            // That replica has just given the shard away, or has yet to hear that it is its own.
            case ShardDelivery.NotHere when !IsLate(held):
                Again(sent.EntityId);
                break;
            case ShardDelivery.NotHere:
                Refuse(held, $"{sent.Address} does not own it, and no other replica says so either");
                Next(sent.EntityId);
                break;
            case ShardDelivery.Failed failed when (!failed.MayHaveArrived || Cluster!.Settings.IsSafeToRepeat(held.Message)) && !IsLate(held) && _sentTwice.Add(sent.EntityId):
                Again(sent.EntityId);
                break;
            case ShardDelivery.Failed failed:
                Refuse(held, failed.MayHaveArrived ? $"{failed.Why}; whether it arrived is not known" : failed.Why);
                Next(sent.EntityId);
                break;
        }
    }

    private void Next(string entityId)
    {
        var queue = _outboxes[entityId];
        queue.Dequeue();
        _sentTwice.Remove(entityId);
        if (queue.Count > 0)
            Send(entityId);
        else
            _outboxes.Remove(entityId);
    }

    private void Again(string entityId) => Timers.StartSingleTimer(entityId, new SendAgain(entityId), AgainAfter);

    private void Reroute(string entityId)
    {
        _outboxes.Remove(entityId, out var queue);
        _sentTwice.Remove(entityId);
        foreach (var held in queue!)
            Route(held);
    }

    private sealed record Sent(string EntityId, string Address, ShardDelivery Delivery);

    private sealed record SendAgain(string EntityId);
}
