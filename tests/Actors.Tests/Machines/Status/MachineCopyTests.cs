using System.Collections.Immutable;
using System.Globalization;
using CacheMachine.Actors.Copies;
using CacheMachine.Actors.Images;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Tests.Doubles;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CacheMachine.Actors.Tests.Machines.Status;

public sealed class MachineCopyTests
{
    [Fact]
    public void A_machine_of_5000_nodes_and_50_images_fits_as_a_whole()
    {
        var copy = Pack(Status(nodes: 5000, images: 50, all: 500));
        Assert.False(copy.IsShort);
    }

    [Fact]
    public void What_is_too_large_is_left_out_nodes_first_then_the_long_menu_and_what_is_available_never()
    {
        var withoutNodes = Unpack(Pack(Status(nodes: 100_000, images: 1000, all: 5000)));
        Assert.Equal((0, 1000, 5000), (withoutNodes.Nodes.Length, withoutNodes.AvailableImages.Length, withoutNodes.AllImages.Length));

        var withoutMenu = Unpack(Pack(Status(nodes: 10, images: 1000, all: 50_000, digests: true)));
        Assert.Equal((0, 1000, 0), (withoutMenu.Nodes.Length, withoutMenu.AvailableImages.Length, withoutMenu.AllImages.Length));
    }

    private static MachineStatus Status(int nodes, int images, int all, bool digests = false) => new()
    {
        Name = "m",
        Labels = ImmutableSortedDictionary<string, string>.Empty,
        CommonCache = [.. Enumerable.Range(0, images).Select(i => new CachedImage(Url(i), Digest(i), []))],
        AvailableImages = [.. Enumerable.Range(0, images).Select(i => new DesiredImage(Url(i), Digest(i), Url(i)))],
        DesiredImages = [.. Enumerable.Range(0, images).Select(i => new DesiredImage(Url(i), Digest(i), Url(i)))],
        AllImages = [.. Enumerable.Range(0, all).Select(i => new DesiredImage(Url(i), digests ? Digest(i) : null, Url(i)))],
        ImagesToCache = [],
        Phase = MachinePhase.Ready,
        Message = "",
        Nodes = [.. Enumerable.Range(0, nodes).Select(i => new NodeStatus(string.Create(CultureInfo.InvariantCulture, $"node-{i:x8}"), true, null, []))],
        Pulls = [],
    };

    private static string Url(int i) => string.Create(CultureInfo.InvariantCulture, $"registry.example/lab:d_{i}");

    private static string Digest(int i) => "sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(i)));

    private static ReadCopy Pack(MachineStatus status) => WithSerialization(serialization => CopyPacking.Pack(serialization, MachineCopy.Forms(status), Facts.Start))!;

    private static MachineStatus Unpack(ReadCopy copy) => (MachineStatus)WithSerialization(serialization => CopyPacking.Unpack(serialization, copy))!;

    private static T WithSerialization<T>(Func<Akka.Serialization.Serialization, T> use)
    {
        using var host = ServiceSystem.Start(_ => { });
        return use(host.Services.GetRequiredService<ActorSystem>().Serialization);
    }
}
