using CacheMachine.Actors.Images;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;
using Xunit;

namespace CacheMachine.Actors.Tests.Machines.Decisions;

/// <summary>Random worlds: whatever happens, the machine never says what is not so, and comes to rest once nothing happens any more.</summary>
public sealed class MachineModelTests
{
    private const int Steps = 400;

    private static readonly string[] Names = ["a", "b", "c", "d", "e", "f"];
    private static readonly string[] NodeNames = ["n1", "n2", "n3", "n4", "n5"];

    [Fact]
    public void Random_worlds_are_told_truthfully_and_come_to_rest()
    {
        var first = Random.Shared.Next();
        for (var i = 0; i < 300; i++)
            Run(unchecked(first + i));
    }

    private static void Run(int seed)
    {
        var random = new Random(seed);
        var world = new World(new MachineSettings { LimitsNodes = random.Next(4) == 0, ParallelImages = random.Next(1, 4) });
        try
        {
            world.Join("n1").Join("n2").Begin(Desired(random));
            for (var step = 0; step < Steps; step++)
            {
                Happen(world, random);
                Check(world);
            }
            ComeToRest(world, random);
        }
        catch (Exception e)
        {
            throw new ModelException($"seed {seed}: {e.Message}", e);
        }
    }

    private static DesiredImage[] Desired(Random random) =>
        [.. Names.Where(_ => random.Next(3) > 0).Select(name => World.Image(name, random.Next(4) == 0 ? World.Digest(random.Next(1, 3)) : null))];

    private static void Happen(World world, Random random)
    {
        var node = NodeNames[random.Next(NodeNames.Length)];
        var image = Names[random.Next(Names.Length)];
        var here = world.Nodes.Any(n => n.Name == node);
        world.Chance = random.NextDouble();
        switch (random.Next(17))
        {
            case 0 when !here: world.Join(node); break;
            case 1 when here && random.Next(3) == 0: world.Leave(node); break;
            case 2 when here: world.Change(node, n => n with { Ready = !n.Ready, ReadySince = world.Now }); break;
            case 3 when here: world.Change(node, n => n with { Unschedulable = !n.Unschedulable }); break;
            case 4 when here: world.Join(node); break;
            case 5 when here: world.Change(node, n => n with { BootId = $"boot-{random.Next()}" }); break;
            case 6 when here: world.PullFails(image, node, "ErrImagePull"); break;
            case 7 when here: world.Report(node, DigestOf(world, image)); break;
            case 8 when here && !IsBeingUsed(world, image, node): world.RemoveFromDisk(image, node).Report(node).See().Pass(world.Settings.EvidenceGrace); break;
            case 9 when random.Next(4) == 0: world.List(Desired(random)); break;
            case 10: world.Pass(TimeSpan.FromSeconds(random.Next(1, 600))); break;
            case 11 when random.Next(3) == 0: world.Restart(); break;
            case 12 when random.Next(6) == 0 && world.DaemonSets.Count > 0: world.DeleteDaemonSet(world.DaemonSets.First().Name); break;
            case 13 when here: world.Pulled(image, node, DigestOf(world, image)); break;
            case 14: world.See(); return;
            default: world.ActUnseen(); break;
        }
        // Views come late now and then, so that decisions are made on old ones.
        if (random.Next(3) > 0)
            world.See();
    }

    private static string? DigestOf(World world, string image) =>
        world.State.Wanted.FirstOrDefault(w => w.Image.Name == image)?.Digest;

    private static bool IsBeingUsed(World world, string image, string node) =>
        world.Pods.Any(p => p.Node == node && p.Pull == PullNames.DaemonSet("m", ImageReference.Parse(World.Image(image).ImageUrl).ToString()));

    private static void Check(World world)
    {
        CheckTheJournal(world);
        if (!world.IsSeen)
            return;
        var status = world.Status;
        var eligible = world.Nodes.Where(n => n.Ready && !n.Unschedulable).Select(n => n.Name).ToList();
        foreach (var image in status.AvailableImages)
        {
            if (eligible.Count == 0)
                throw new ModelException($"{image.Name} is available although no node is eligible");
            if (eligible.Find(node => !world.HasOnDisk(image.Name, node)) is { } lacking)
                throw new ModelException($"{image.Name} is available although {lacking} does not have it");
        }
    }

    private static void CheckTheJournal(World world)
    {
        if (world.DaemonSets.GroupBy(d => d.Image).Any(g => g.Count() > 1))
            throw new ModelException("two DaemonSets for one image");
        if (world.Journal.Count > 20 * Steps)
            throw new ModelException($"{world.Journal.Count} events, the last: {Describe.Event(world.Journal[^1])}");
        var replayed = world.Journal.Aggregate(MachineRecord.Empty, (record, e) => record.Apply(e));
        if (!replayed.Pulls.SequenceEqual(world.State.Record.Pulls) || !Tell(replayed.Retries).SequenceEqual(Tell(world.State.Record.Retries)))
            throw new ModelException("the journal does not give the state");
    }

    private static IEnumerable<string> Tell(IEnumerable<KeyValuePair<string, Retry>> retries) =>
        retries.Select(r => $"{r.Key} {r.Value.Digest} {r.Value.Attempts} {r.Value.At:O} {string.Join(",", r.Value.Failures)}");

    // Nothing fails any more, and kubelets do their work: everything desired must arrive, and then nothing more be written.
    private static void ComeToRest(World world, Random random)
    {
        foreach (var name in world.Nodes.Select(n => n.Name).ToList())
            world.Change(name, n => n with { Ready = true, Unschedulable = false });
        if (world.Nodes.Count == 0)
            world.Join("n1");
        world.See().List(Desired(random));
        for (var round = 0; round < 80; round++)
        {
            world.Act();
            foreach (var pod in world.Pods.ToList())
            {
                var image = Names.Single(name => pod.Pull == PullNames.DaemonSet("m", ImageReference.Parse(World.Image(name).ImageUrl).ToString()));
                world.Pulled(image, pod.Node, DigestOf(world, image));
            }
            world.See().Pass(TimeSpan.FromMinutes(2));
            foreach (var node in world.Nodes.Select(n => n.Name).ToList())
                ReportAll(world, node);
            world.See();
        }
        var status = world.Status;
        if (!status.ImagesToCache.IsEmpty)
            throw new ModelException($"never attempted or never available: {string.Join(", ", status.ImagesToCache.Select(i => i.Name))}: {status.Message}");
        if (world.DaemonSets.Count > 0)
            throw new ModelException("DaemonSets are left");
        var events = world.Journal.Count;
        world.See().Awake().See();
        if (world.Journal.Count != events)
            throw new ModelException($"not at rest: {Describe.Event(world.Journal[^1])}");
    }

    // A report with each image under the digest that is wanted, if one is.
    private static void ReportAll(World world, string node) => world.Change(node, n => n with
    {
        Images = new NodeImages([.. Names.Where(name => world.HasOnDisk(name, node)).Select(name => new[]
        {
            World.Image(name).ImageUrl, $"{World.Image(name).ImageUrl}@{DigestOf(world, name) ?? World.Digest(1)}",
        })]),
    });

    private sealed class ModelException(string message, Exception? inner = null) : Exception(message, inner);
}
