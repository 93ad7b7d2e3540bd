namespace CacheMachine.Actors.Pulling;

/// <summary>
/// The life of one DaemonSet: Creating → Pulling → Removing → done. It owns the requests, its machine owns the decisions. An API error
/// stops it; it is started again with backoff, asks for its orders, and so picks its DaemonSet up again.
/// </summary>
public sealed class ImagePullerActor : ReceiveActor
{
    private readonly string _pull;
    private readonly IPulls _pulls;
    private readonly IActorRef _machine;
    private readonly CancellationTokenSource _stopped = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private PullOrders? _orders;
    private long _operation;

    /// <param name="pull">Name of the DaemonSet.</param>
    /// <param name="pulls">Where it is.</param>
    /// <param name="machine">Gives the orders and gets the reports.</param>
    public ImagePullerActor(string pull, IPulls pulls, IActorRef machine)
    {
        (_pull, _pulls, _machine) = (pull, pulls, machine);
        Become(Idle);
    }

    /// <summary>Props of a puller under a supervisor that starts it again with backoff; messages go to that supervisor.</summary>
    public static Props SupervisedProps(string pull, IPulls pulls, IActorRef machine, TimeSpan minBackoff, TimeSpan maxBackoff) =>
        BackoffSupervisor.Props(Backoff.OnStop(
            Props.Create(() => new ImagePullerActor(pull, pulls, machine)), "puller", minBackoff, maxBackoff, 0.2, -1));

    /// <inheritdoc/>
    protected override void PreStart() => _machine.Tell(new PullerReady(_pull));

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    private void Idle() => Receive<PullOrders>(Start);

    private void Working()
    {
        // Orders that come while a request is under way are carried out after it, the last ones only.
        Receive<PullOrders>(orders => _orders = orders);
        Receive<Ensured>(OnEnsured, m => m.Operation == _operation);
        Receive<Deleted>(OnDeleted, m => m.Operation == _operation);
        Receive<Failed>(OnFailed, m => m.Operation == _operation);
    }

    private void OnEnsured(Ensured message)
    {
        _log.Info("DaemonSet {DaemonSet} {How}, its uid is {Uid}", _pull, message.Pull.How.ToString().ToLowerInvariant(), message.Pull.Uid);
        _machine.Tell(new PullEnsured(_pull));
        Next(message.Orders);
    }

    private void OnDeleted(Deleted message)
    {
        if (message.Existed)
            _log.Info("DaemonSet {DaemonSet} deleted", _pull);
        _machine.Tell(new PullRemoved(_pull));
        Next(message.Orders);
    }

    private void OnFailed(Failed message)
    {
        _machine.Tell(new PullerTrouble(_pull, message.Error.Message));
        Context.Stop(Self);
    }

    private void Start(PullOrders orders)
    {
        _orders = orders;
        var operation = ++_operation;
        Become(Working);
        if (orders.Order is { } order)
            _pulls.EnsurePullAsync(order, _stopped.Token)
                .PipeTo(Self, success: pull => new Ensured(operation, orders, pull), failure: error => new Failed(operation, error));
        else
            _pulls.DeletePullAsync(_pull, _stopped.Token)
                .PipeTo(Self, success: existed => new Deleted(operation, orders, existed), failure: error => new Failed(operation, error));
    }

    private void Next(PullOrders done)
    {
        if (_orders is { } orders && !ReferenceEquals(orders, done))
            Start(orders);
        else
            Become(Idle);
    }

    private sealed record Ensured(long Operation, PullOrders Orders, EnsuredPull Pull);

    private sealed record Deleted(long Operation, PullOrders Orders, bool Existed);

    private sealed record Failed(long Operation, Exception Error);
}
