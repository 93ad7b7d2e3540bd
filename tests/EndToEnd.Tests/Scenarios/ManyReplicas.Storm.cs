using System.Text.Json.Nodes;
using CacheMachine.EndToEnd.Tests.Harness;
using Xunit;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

public abstract partial class ManyReplicas
{
    private const int Machines = 60;

    [SkippableFact]
    public Task Machines_that_are_created_while_replicas_are_killed_are_all_there_or_absent_and_each_has_one_owner() => ScenarioAsync(async () =>
    {
        await Cluster.PushAsync(Name, "w_2021_22");
        using var end = new CancellationTokenSource();
        var killing = KillAsync(end.Token);
        var posts = await CreateForAWhileAsync();
        await end.CancelAsync();
        var kills = await killing;
        Say($"{posts.Count} POSTs, {kills} kills and stops: {posts.Count(p => p.Value.IsSuccess)} answered with 2xx, " +
            string.Join(", ", posts.Values.Where(a => !a.IsSuccess).GroupBy(a => a.Status).Select(g => $"{g.Count()} with {g.Key}")));
        foreach (var why in posts.Values.Where(a => !a.IsSuccess).GroupBy(Why, StringComparer.Ordinal).OrderByDescending(g => g.Count()).Take(5))
            Say($"{why.Count()} times: {why.Key}");
        Say("afterwards all replicas answer after", await Replicas.RecoverAsync(Recovery));

        var names = await IsAllOrNothingAsync([.. posts.Keys]);
        Assert.Empty(posts.Where(post => post.Value.IsSuccess && !names.Contains(post.Key)).Select(post => $"{post.Key} is lost: {post.Value}"));
        Say($"{names.Count} machines are there: all that were answered with 2xx, and {names.Count - posts.Count(p => p.Value.IsSuccess)} more");
        await HaveOneOwnerAsync(names);
        await Journal.IsInOrderAsync();
    });

    // What is the same for many, without names and addresses.
    private static string Why(Answer answer) => answer.Status == 0 ? answer.Body.Split('\n')[0] : $"{answer.Status}: {((string)answer.Json["detail"]!).Split(": ")[^1]}";

    // One after another, so that there are always two; by turns without a word and in order.
    private async Task<int> KillAsync(CancellationToken end)
    {
        for (var kills = 0; ; kills++)
        {
            if (end.IsCancellationRequested)
                return kills;
            var victim = Replicas.Any();
            await (kills % 2 == 0 ? victim.KillAsync() : victim.TerminateAsync());
            await victim.StartAsync();
            await Task.Delay(TimeSpan.FromSeconds(2 + (4 * Random.Shared.NextDouble())), TimeProvider.System, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // For as long as replicas are killed, and until enough have succeeded. None is repeated: what was refused is to be there or not.
    private async Task<Dictionary<string, Answer>> CreateForAWhileAsync()
    {
        var (start, posts) = (Now(), new Dictionary<string, Task<Answer>>());
        using var timer = new PeriodicTimer(fixture.StormTime / (2 * Machines), TimeProvider.System);
        while (await timer.WaitForNextTickAsync() && (Since(start) < fixture.StormTime || posts.Values.Count(IsCreated) < Machines))
        {
            Assert.True(Since(start) < 2 * fixture.StormTime, $"only {posts.Values.Count(IsCreated)} of {posts.Count} machines could be created");
            var name = $"{Name}-{posts.Count}";
            // On no node, so that it costs the cluster nothing; but it looks at its repository again and again.
            var spec = Specs.Machine(name, Specs.Rubin(Cluster.Registry, Name)).With("labels", new JsonObject { ["no"] = "where" });
            posts[name] = Replicas.PostAsync(Replicas.Any(), spec);
        }
        await Task.WhenAll(posts.Values);
        return posts.ToDictionary(post => post.Key, post => post.Value.Result);

        static bool IsCreated(Task<Answer> post) => post is { IsCompletedSuccessfully: true, Result.IsSuccess: true };
    }

    /// <summary>Waits until every replica lists exactly those machines that every replica answers for.</summary>
    private async Task<HashSet<string>> IsAllOrNothingAsync(IReadOnlyList<string> names)
    {
        HashSet<string> all = [];
        var took = await Eventually.Is(
            async () =>
            {
                var lists = await Task.WhenAll(Replicas.All.Select(async replica =>
                    (await Replicas.GetAsync(replica, "/cachemachine/")).Successful().Json.AsArray().Select(name => (string)name!).ToHashSet()));
                var wrong = new List<string>();
                if (lists.Any(list => !list.SetEquals(lists[0])))
                    wrong.Add("the lists differ: " + string.Join(", ", lists.Select(list => list.Count)));
                foreach (var replica in Replicas.All)
                {
                    var answers = await Task.WhenAll(names.Select(async name => (Name: name, Answer: await Replicas.GetAsync(replica, Replicas.Path(name)))));
                    wrong.AddRange(answers.Where(a => a.Answer.Status != (lists[0].Contains(a.Name) ? 200 : 404)).Select(a => $"{a.Name} (listed: {lists[0].Contains(a.Name)}): {a.Answer}"));
                }
                all = lists[0];
                return wrong;
            },
            wrong => wrong.Count == 0, TimeSpan.FromSeconds(30), "what is listed is what is there, through all replicas", wrong => $"{wrong.Count} wrong: {string.Join("; ", wrong.Take(5))}");
        Say("what is listed is what is there after", took);
        return all;
    }

    /// <summary>
    /// A new tag is something that each running machine finds by itself, with no request to be routed to it, and writes down. One that nobody runs
    /// does not write; of two that run, one is refused by the journal, loudly, because the number is taken.
    /// </summary>
    private async Task HaveOneOwnerAsync(HashSet<string> names)
    {
        var start = Now();
        await Cluster.PushAsync(Name, "w_2021_40");
        await Eventually.Is(
            FindersAsync, found => found.Count == names.Count, fixture.PollInterval * 3 + TimeSpan.FromSeconds(20), "each machine has written down the new tag",
            found => $"{found.Count} of {names.Count} have; not {string.Join(", ", names.Except(found.Keys.Select(id => id["cachemachine-".Length..])).Take(5))}");
        Say($"{names.Count} machines found a new tag by themselves within", Since(start));
        Assert.All(await FindersAsync(), log => Assert.True(log.Value == 1, $"{log.Key} has written it down {log.Value} times"));
        var writers = (await Journal.AllAsync()).Where(IsFind).GroupBy(row => row.Writer, StringComparer.Ordinal).Select(group => group.Count());
        Say($"machines by process: {string.Join(", ", writers)}");
        async Task<Dictionary<string, int>> FindersAsync() => (await Journal.AllAsync()).Where(IsFind)
            .GroupBy(row => row.PersistenceId, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count());

        bool IsFind(JournalProbe.Row row) => row.PersistenceId.StartsWith($"cachemachine-{Name}-", StringComparison.Ordinal)
            && row.Manifest.StartsWith("repo-list-changed/", StringComparison.Ordinal) && row.Message.Contains("w_2021_40", StringComparison.Ordinal);
    }
}
