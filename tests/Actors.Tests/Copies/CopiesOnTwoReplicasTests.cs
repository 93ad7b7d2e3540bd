using System.Globalization;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
using CacheMachine.Actors.Copies;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Actors.Tests.Doubles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace CacheMachine.Actors.Tests.Copies;

/// <summary>Copies as they travel: two actor systems, with remoting and the product's serializers and settings.</summary>
public sealed class CopiesOnTwoReplicasTests : IAsyncLifetime
{
    private readonly List<IHost> _replicas = [];

    public async Task InitializeAsync() => await JoinAsync();

    public async Task DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.StopAsync();
            replica.Dispose();
        }
    }

    [Fact]
    public async Task Every_replica_has_what_the_others_publish_also_what_was_published_before_it_came()
    {
        // Incompressible: each nearly as large as a copy may be, and more of them than fit into one frame.
        var many = Enumerable.Range(0, 50).ToDictionary(
            i => string.Create(CultureInfo.InvariantCulture, $"m{i}"), _ => new MachineNames([.. Enumerable.Range(0, 3200).Select(_ => Guid.NewGuid().ToString())]));
        foreach (var (key, names) in many)
            Publish(_replicas[0], key, 1, names);
        foreach (var (key, names) in many)
            await HasAsync(_replicas[0], key, names);
        Assert.True((await ReadAsync(_replicas[0], "m0"))!.Content.Length > CopyPacking.LargestContent * 3 / 4);

        await JoinAsync();
        foreach (var (key, names) in many)
            await HasAsync(_replicas[1], key, names);

        Publish(_replicas[1], "m0", 2, new MachineNames(["from the other one"]));
        await HasAsync(_replicas[0], "m0", new MachineNames(["from the other one"]));
        Publish(_replicas[0], "m0", 1, new MachineNames(["late"]));
        Publish(_replicas[0], "m1", 2);
        await Eventually(async () => await ReadAsync(_replicas[1], "m1") is { IsGone: true }, "m1 is gone");
        await HasAsync(_replicas[1], "m0", new MachineNames(["from the other one"]));
    }

    [Fact]
    public void Other_releases_know_the_value_of_the_register_by_this_name() =>
        Assert.Equal("CacheMachine.Actors.Copies.ReadCopy, CacheMachine.Actors", $"{typeof(ReadCopy).FullName}, {typeof(ReadCopy).Assembly.GetName().Name}");

    private static ActorSystem System(IHost replica) => replica.Services.GetRequiredService<ActorSystem>();

    private static void Publish(IHost replica, string key, long sequenceNr, params object[] answers) => replica.Services.GetRequiredService<IActorRegistry>().Get<CopyKeeperActor>()
        .Tell(new PublishCopy(key, sequenceNr, IsProvisional: false, () => answers), System(replica).ActorOf(Props.Empty));

    private static async Task<ReadCopy?> ReadAsync(IHost replica, string key) => (await System(replica).ReadCopyAsync(key, CancellationToken.None))?.Value;

    private static Task HasAsync(IHost replica, string key, MachineNames names) => Eventually(
        async () => await ReadAsync(replica, key) is { } copy && CopyPacking.Unpack(System(replica).Serialization, copy) is MachineNames known && known.Names.SequenceEqual(names.Names),
        $"{key} is there");

    private static async Task Eventually(Func<Task<bool>> isSo, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60), $"it never came that {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private async Task JoinAsync()
    {
        var replica = ServiceSystem.Start(
            akka => akka.AddHoconFile(Path.Combine(AppContext.BaseDirectory, "hocon/akka.conf"), HoconAddMode.Prepend)
                .WithRemoting(new RemoteOptions { HostName = "127.0.0.1", Port = 0 }).WithClustering().AddCopies(),
            services => services.AddSingleton(TimeProvider.System));
        _replicas.Add(replica);
        var cluster = Cluster.Get(System(replica));
        cluster.Join(Cluster.Get(System(_replicas[0])).SelfAddress);
        await Eventually(() => Task.FromResult(cluster.State.Members.Count(member => member.Status == MemberStatus.Up) == _replicas.Count), "it has joined");
    }
}
