using System.Threading.Channels;
using CacheMachine.Simulator.Api;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Control;

/// <summary>
/// A controller: one thread of control that sees every change of the types it watches in order, and work that is posted to it. Changes that
/// wait together are handled as one batch, so that a burst costs one reconciliation.
/// </summary>
internal abstract class ControlLoop(ResourceService resources, params ResourceType[] watched) : IAsyncDisposable
{
    private readonly Channel<object> _inbox = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<IDisposable> _subscriptions = [];
    private Task _running = Task.CompletedTask;

    protected ResourceService Resources => resources;

    /// <summary>Why the loop ended, if it failed; a failed controller is a defect of the simulator.</summary>
    public Exception? Failure { get; private set; }

    public void Start()
    {
        foreach (var type in watched)
            _subscriptions.Add(resources.Store.Subscribe(type, null, record => _inbox.Writer.TryWrite(record)));
        _running = Task.Run(Run);
    }

    /// <summary>Runs work on the loop, after all that is already waiting.</summary>
    public void Post(Action work) => _inbox.Writer.TryWrite(work);

    public async ValueTask DisposeAsync()
    {
        foreach (var subscription in _subscriptions)
            subscription.Dispose();
        _inbox.Writer.TryComplete();
        await _running.ConfigureAwait(false);
    }

    protected abstract void Handle(WatchRecord record);

    /// <summary>Called after each batch.</summary>
    protected virtual void Settle()
    {
    }

    /// <summary>Deletes what may be gone already.</summary>
    protected void DeleteIfThere(StoredObject item, DeleteOptions options)
    {
        try
        {
            resources.Delete(item.Type, item.Namespace, item.Name, options with { Uid = item.Uid });
        }
        catch (ApiException gone) when (gone.Code is 404 or 409)
        {
            // It, or this incarnation of it, is gone: that is what was wanted.
        }
    }

    private async Task Run()
    {
        try
        {
            while (await _inbox.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                while (_inbox.Reader.TryRead(out var item))
                {
                    if (item is WatchRecord record)
                        Handle(record);
                    else
                        ((Action)item)();
                }

                Settle();
            }
        }
        catch (Exception error)
        {
            Failure = error;
            throw;
        }
    }
}
