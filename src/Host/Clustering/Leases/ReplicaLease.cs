using System.Diagnostics.CodeAnalysis;
using Akka.Actor.Setup;
using Akka.Coordination;
using Akka.Event;
using Akka.Hosting;
using Akka.Hosting.Coordination;

namespace CacheMachine.Host.Clustering.Leases;

/// <summary>What Akka.NET's Leases are made of.</summary>
/// <param name="store">Where they are.</param>
/// <param name="cluster">The replicas, as this one sees them.</param>
/// <param name="time">Clock.</param>
internal sealed class ReplicaLeaseSetup(ILeaseStore store, KeptLease.ICluster cluster, TimeProvider time) : Setup
{
    public ILeaseStore Store => store;

    public KeptLease.ICluster Cluster => cluster;

    public TimeProvider Time => time;
}

/// <summary>Akka.NET's Lease, on a <see cref="KeptLease"/>. Akka.NET makes it from the configuration that <see cref="ReplicaLeaseOptions"/> give.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Akka.NET disposes of no Lease: it ends with the actor system.")]
internal sealed class ReplicaLease : Lease
{
    private readonly KeptLease _lease;

    /// <param name="settings">Of <see cref="ReplicaLeaseOptions"/>, and of <c>akka.coordination.lease</c>.</param>
    /// <param name="system">Has the <see cref="ReplicaLeaseSetup"/>.</param>
    public ReplicaLease(LeaseSettings settings, ExtendedActorSystem system) : base(settings)
    {
        var setup = system.Settings.Setup.Get<ReplicaLeaseSetup>().Value;
        var times = settings.TimeoutSettings;
        _lease = new KeptLease(
            new KeptLeaseOptions(
                settings.LeaseConfig.GetString(ReplicaLeaseOptions.NameKey), settings.OwnerName, settings.LeaseConfig.GetBoolean(ReplicaLeaseOptions.SideKey),
                times.HeartbeatTimeout, times.HeartbeatInterval, times.OperationTimeout),
            setup.Store, setup.Cluster, setup.Time, Logging.GetLogger(system, typeof(ReplicaLease)));
        system.RegisterOnTermination(_lease.Dispose);
    }

    /// <inheritdoc/>
    public override Task<bool> Acquire() => _lease.AcquireAsync(null);

    /// <inheritdoc/>
    public override Task<bool> Acquire(Action<Exception> leaseLostCallback) => _lease.AcquireAsync(leaseLostCallback!);

    /// <inheritdoc/>
    public override Task<bool> Release() => _lease.ReleaseAsync();

    /// <inheritdoc/>
    public override bool CheckLease() => _lease.IsHeld;
}

/// <summary>Where in Akka.NET's configuration a Lease is described.</summary>
/// <param name="path">There.</param>
/// <param name="name">Of the Lease in the store.</param>
/// <param name="isOfASide">As <see cref="KeptLeaseOptions.IsOfASide"/>.</param>
internal sealed class ReplicaLeaseOptions(string path, string name, bool isOfASide) : LeaseOptionBase
{
    internal const string NameKey = "lease-name", SideKey = "is-of-a-side";

    /// <inheritdoc/>
    public override string ConfigPath => path;

    /// <inheritdoc/>
    public override Type Class => typeof(ReplicaLease);

    /// <inheritdoc/>
    public override void Apply(AkkaConfigurationBuilder builder, Setup? setup = null) => builder.AddHocon(
        $"{path}.{NameKey} = {name}\n{path}.{SideKey} = {(isOfASide ? "on" : "off")}", HoconAddMode.Prepend);
}
