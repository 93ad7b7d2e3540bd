using CacheMachine.Host.Kubernetes;
using CacheMachine.Host.Kubernetes.Watching;
using CacheMachine.Host.Tests.Kubernetes.Support;

namespace CacheMachine.Host.Tests.Kubernetes.Watching;

/// <summary>Follows the nodes of a scripted API server, and says what was told in one short word each.</summary>
internal static class Following
{
    /// <summary>Far above what any test needs; only a hung test comes to it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static readonly FollowTimes Quick = new()
    {
        MinBackoff = TimeSpan.FromMilliseconds(20),
        MaxBackoff = TimeSpan.FromMilliseconds(50),
        Shortest = TimeSpan.Zero,
    };

    /// <summary>What is told up to the first word that is like <paramref name="last"/>.</summary>
    public static Task<List<string>> UntilAsync(this FakeApi api, string last, FollowTimes? times = null) =>
        api.Connect().UntilAsync(word => word.StartsWith(last, StringComparison.Ordinal), times ?? Quick);

    /// <summary>What is told up to the first word that fulfils the condition.</summary>
    public static async Task<List<string>> UntilAsync(this KubernetesConnection connection, Func<string, bool> last, FollowTimes times)
    {
        using var open = connection;
        var words = new List<string>();
        var following = Nodes(connection, times).RunAsync(
            told =>
            {
                Keep(words, Word(told));
                if (words.Count > 0 && last(words[^1]))
                    throw new EnoughException();
            },
            CancellationToken.None);
        await Assert.ThrowsAsync<EnoughException>(() => following.WaitAsync(Patience, TimeProvider.System));
        return words;
    }

    /// <summary>Adds a word; Resumed only where it ends trouble: when it comes at the beginning depends on how quick both sides are.</summary>
    public static void Keep(ICollection<string> words, string word)
    {
        if (word != "Resumed" || words.LastOrDefault()?.StartsWith("Interrupted", StringComparison.Ordinal) == true)
            words.Add(word);
    }

    public static Follower<WatchedNode, string> Nodes(KubernetesConnection connection, FollowTimes times) => new(
        connection, new WatchedKind("", "v1", "nodes"), WatchedJson.Default.Options, node => node.Metadata?.ResourceVersion,
        node => node.Metadata!.Name!, times);

    public static string Word(Followed<string> told) => told switch
    {
        Followed<string>.Listed list => $"Listed({string.Join(",", list.Items)})",
        Followed<string>.Changed changed => $"Changed({changed.Item})",
        Followed<string>.Deleted deleted => $"Deleted({deleted.Item})",
        Followed<string>.Interrupted interrupted => $"Interrupted({interrupted.Reason})",
        _ => "Resumed",
    };

    private sealed class EnoughException : Exception;
}
