using System.Collections.Immutable;
using CacheMachine.Actors.Images;
using CacheMachine.Actors.Nodes;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Actors.Tests.Doubles;

/// <summary>Things of the tests that are as plain as they can be.</summary>
internal static class Facts
{
    public static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static NodeFacts Node(string name, params (string Key, string Value)[] labels) => new()
    {
        Name = name,
        Uid = $"node-{name}",
        BootId = $"boot-{name}",
        Ready = true,
        CreatedAt = Start,
        Labels = labels.ToImmutableDictionary(label => label.Key, label => label.Value),
    };

    public static DesiredImage Image(string name, string? digest = null) => new($"registry.example/{name}", digest, name);

    public static MachineSpec Spec(string name, params string[] images) =>
        new() { Name = name, RepoMen = [new SimpleRepoManSpec([.. images.Select(image => Image(image))])] };

    public static string Digest(char digit) => $"sha256:{new string(digit, 64)}";

    public static string PullOf(string machine, string image) =>
        PullNames.DaemonSet(machine, ImageReference.Parse(Image(image).ImageUrl).ToString());

    public static PullOrder Order(string name, params string[] nodes) =>
        new(name, "registry.example/a:1", "Always", nodes.Length == 0 ? PullTargets.Everywhere : PullTargets.On(nodes), Spec("m"));

    public static PullPod Pod(string pull, string node, PullPodState state, string? reason = null) =>
        new() { Name = $"{pull}-{node}", Pull = pull, Node = node, State = state, Reason = reason };
}
