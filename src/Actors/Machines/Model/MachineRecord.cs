using System.Collections.Immutable;
using CacheMachine.Actors.Pulling;
using CacheMachine.Actors.RepoMen;
using CacheMachine.Actors.Specs;

namespace CacheMachine.Actors.Machines.Model;

/// <summary>What a machine remembers: its journal, applied. It is also the snapshot.</summary>
public sealed record MachineRecord
{
    private const int RemovalsKept = 10;

    /// <summary>Nothing has happened yet.</summary>
    public static MachineRecord Empty { get; } = new();

    /// <summary>Of the last order that the machine follows, to be or to be gone; what has a lower one is late. 0: none ever came.</summary>
    public long Generation { get; init; }

    /// <summary>What is asked of it; null while there is no machine.</summary>
    public MachineSpec? Spec { get; init; }

    /// <summary>The last good list of each repository manager, by its place in the spec.</summary>
    public ImmutableSortedDictionary<int, RepoList> Lists { get; init; } = ImmutableSortedDictionary<int, RepoList>.Empty;

    /// <summary>Pulls under way, by normalised image.</summary>
    public ImmutableSortedDictionary<string, PullInFlight> Pulls { get; init; } = ImmutableSortedDictionary<string, PullInFlight>.Empty;

    /// <summary>Images that could not be pulled somewhere, by normalised image.</summary>
    public ImmutableSortedDictionary<string, Retry> Retries { get; init; } = ImmutableSortedDictionary<string, Retry>.Empty;

    /// <summary>What nodes are known to have beside what they report, by normalised image, then by node.</summary>
    public ImmutableDictionary<string, ImmutableDictionary<string, Evidence>> Evidence { get; init; } =
        ImmutableDictionary<string, ImmutableDictionary<string, Evidence>>.Empty;

    /// <summary>When images were removed from nodes, the last times, by normalised image, then by node.</summary>
    public ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, ImmutableArray<DateTimeOffset>>> Removals { get; init; } =
        ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, ImmutableArray<DateTimeOffset>>>.Empty;

    /// <summary>The image was removed from the node so often of late that pulling it there again is of no use.</summary>
    public bool DoesNotStay(string image, string node, MachineSettings settings, DateTimeOffset now) =>
        Removals.TryGetValue(image, out var nodes) && nodes.TryGetValue(node, out var times)
        && times.Count(time => now - time < settings.EvictionWindow) >= settings.EvictionsAtMost;

    /// <summary>The record after one more event.</summary>
    public MachineRecord Apply(IMachineEvent @event) => @event switch
    {
        MachineConfigured e => Configure(e),
        MachineDeleted e => Empty with { Generation = e.Generation, Evidence = Evidence },
        RepoListChanged e => this with { Lists = Lists.SetItem(e.Index, new RepoList(e.Desired, e.All)), Retries = RetriesAfter(e) },
        PullStarted e => this with
        {
            Pulls = Pulls.SetItem(e.Image, new PullInFlight(e.Pull, e.Url, e.Digest, e.Nodes is { } nodes ? PullTargets.On(nodes) : PullTargets.Everywhere, e.At)),
        },
        PullWidened e => Pulls.TryGetValue(e.Image, out var pull)
            ? this with { Pulls = Pulls.SetItem(e.Image, pull with { Targets = PullTargets.On((pull.Targets.Nodes ?? []).Union(e.Nodes)) }) }
            : this,
        PullEnded e => End(e),
        EvidenceEnded e => Forget(e),
        _ => throw new ArgumentOutOfRangeException(nameof(@event), @event.GetType().Name, "an event of no known kind"),
    };

    // A repository manager that is in both specs keeps its list: nothing that was available disappears while it is asked again.
    private MachineRecord Configure(MachineConfigured e)
    {
        var kept = ImmutableSortedDictionary<int, RepoList>.Empty;
        for (var i = 0; Spec is not null && i < e.Spec.RepoMen.Length; i++)
        {
            var before = Spec.RepoMen.TakeWhile(repoMan => !repoMan.IsSameAs(e.Spec.RepoMen[i])).Count();
            if (Lists.TryGetValue(before, out var list))
                kept = kept.SetItem(i, list);
        }
        return this with { Generation = e.Generation, Spec = e.Spec, Lists = kept, Retries = Retries.Clear(), Removals = Removals.Clear() };
    }

    private MachineRecord End(PullEnded e)
    {
        var digest = Pulls.GetValueOrDefault(e.Image)?.Digest;
        var evidence = e.Pulled.Aggregate(
            Evidence.GetValueOrDefault(e.Image) ?? ImmutableDictionary<string, Evidence>.Empty,
            (all, n) => all.SetItem(n.Node, new Evidence(n.Uid, n.BootId, n.Digest, e.At)));
        return this with
        {
            Pulls = Pulls.Remove(e.Image),
            Evidence = evidence.IsEmpty ? Evidence : Evidence.SetItem(e.Image, evidence),
            Retries = e.Outcome == PullOutcome.Cancelled ? Retries : RetriesAfter(e, digest),
        };
    }

    // Another digest is another image, also when the tag moves back later.
    private ImmutableSortedDictionary<string, Retry> RetriesAfter(RepoListChanged e) => Retries.RemoveRange(e.Desired
        .Select(WantedImage.Of)
        .Where(wanted => wanted is not null && Retries.TryGetValue(wanted.Key, out var retry) && retry.Digest != wanted.Digest)
        .Select(wanted => wanted!.Key));

    // Nodes that failed earlier keep waiting while the image arrives on others.
    private ImmutableSortedDictionary<string, Retry> RetriesAfter(PullEnded e, string? digest)
    {
        var before = Retries.TryGetValue(e.Image, out var retry) && retry.Digest == digest ? retry : new Retry(digest, 0, e.At, NoFailures);
        var failures = before.Failures.RemoveRange(e.Pulled.Select(n => n.Node)).SetItems(e.Failures);
        if (failures.IsEmpty)
            return Retries.Remove(e.Image);
        return Retries.SetItem(e.Image, e.RetryAt is { } at
            ? new Retry(digest, before.Attempts + 1, at, failures)
            : before with { Failures = failures });
    }

    private MachineRecord Forget(EvidenceEnded e)
    {
        var left = (Evidence.GetValueOrDefault(e.Image) ?? ImmutableDictionary<string, Evidence>.Empty).RemoveRange(e.Nodes);
        return this with
        {
            Evidence = left.IsEmpty ? Evidence.Remove(e.Image) : Evidence.SetItem(e.Image, left),
            Removals = e.Removed ? Removals.SetItem(e.Image, RemovalsAfter(e)) : Removals,
        };
    }

    private ImmutableSortedDictionary<string, ImmutableArray<DateTimeOffset>> RemovalsAfter(EvidenceEnded e)
    {
        var nodes = Removals.GetValueOrDefault(e.Image) ?? ImmutableSortedDictionary.Create<string, ImmutableArray<DateTimeOffset>>(StringComparer.Ordinal);
        return nodes.SetItems(e.Nodes.Select(node =>
            KeyValuePair.Create(node, (ImmutableArray<DateTimeOffset>)[.. nodes.GetValueOrDefault(node, []).TakeLast(RemovalsKept - 1), e.At])));
    }

    private static ImmutableSortedDictionary<string, string> NoFailures { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
}

/// <summary>A pull that is under way.</summary>
/// <param name="Pull">Name of the DaemonSet.</param>
/// <param name="Url">The image as the operator or the registry names it.</param>
/// <param name="Digest">The digest that is wanted, or null.</param>
/// <param name="Targets">Where.</param>
/// <param name="StartedAt">Since when.</param>
public sealed record PullInFlight(string Pull, string Url, string? Digest, PullTargets Targets, DateTimeOffset StartedAt);

/// <summary>An image that could not be pulled somewhere.</summary>
/// <param name="Digest">The digest that was wanted: another one starts anew.</param>
/// <param name="Attempts">Failures in a row.</param>
/// <param name="At">Not before.</param>
/// <param name="Failures">Why, by node; other nodes do not wait.</param>
public sealed record Retry(string? Digest, int Attempts, DateTimeOffset At, ImmutableSortedDictionary<string, string> Failures);

/// <summary>A pull pod has shown that an image is on a node.</summary>
/// <param name="Uid">The node's <c>metadata.uid</c> then.</param>
/// <param name="BootId">The node's boot then.</param>
/// <param name="Digest">Manifest digest of the image; null where the runtime does not say it.</param>
/// <param name="At">When.</param>
public sealed record Evidence(string Uid, string BootId, string? Digest, DateTimeOffset At);
