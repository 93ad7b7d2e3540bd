using CacheMachine.Actors.Images;
using CacheMachine.Actors.RepoMen;
using CacheMachine.Actors.Specs;
using CacheMachine.Actors.Tests.Doubles;
using Xunit;

namespace CacheMachine.Actors.Tests.RepoMen;

public sealed class RubinRepoManTests
{
    private static readonly string One = Facts.Digest('1'), Two = Facts.Digest('2');
    private static readonly RubinRepoManSpec Spec = new()
    {
        RegistryUrl = "registry.example:5000",
        Repo = "lsst/lab",
        RecommendedTag = "recommended",
        NumReleases = 1,
        NumWeeklies = 2,
        NumDailies = 0,
    };

    private readonly RegistryDouble _registry = new();

    [Fact]
    public async Task An_alias_carries_the_name_of_the_build_that_has_its_digest()
    {
        Push(("recommended", One), ("r21_0_0", One), ("w_2021_01", Two));

        var list = await Lister().ListAsync(default);

        Assert.Equal(new DesiredImage("registry.example:5000/lsst/lab:recommended", One, "Recommended (Release r21.0.0)"), list.Desired[0]);
        Assert.Equal(["recommended", "r21_0_0", "w_2021_01"], list.Desired.Select(Tag));
    }

    [Fact]
    public async Task Digests_of_aliases_and_desired_images_are_asked_each_time_and_others_once()
    {
        Push(("recommended", Facts.Digest('3')), ("r21_0_0", One), ("w_2021_03", Two), ("w_2021_02", Facts.Digest('4')), ("w_2021_01", Facts.Digest('3')));
        var lister = Lister();

        await lister.ListAsync(default);
        Assert.Contains("w_2021_01", _registry.TakeAsked());

        var list = await lister.ListAsync(default);
        Assert.Equal(["r21_0_0", "recommended", "w_2021_02", "w_2021_03"], _registry.TakeAsked().Order(StringComparer.Ordinal));
        Assert.Equal("Recommended (Weekly 2021_01)", list.Desired[0].Name);
    }

    [Fact]
    public async Task A_moved_tag_is_seen_at_the_next_poll()
    {
        Push(("recommended", One), ("r21_0_0", One), ("w_2021_01", Two));
        var lister = Lister();
        await lister.ListAsync(default);

        _registry.Tags["recommended"] = Two;
        var list = await lister.ListAsync(default);
        Assert.Equal((Two, "Recommended (Weekly 2021_01)"), (list.Desired[0].ImageHash, list.Desired[0].Name));
    }

    [Fact]
    public async Task At_most_two_hundred_digests_are_asked_in_one_poll_and_the_search_goes_on_in_the_next()
    {
        Push(("recommended", One));
        for (var i = 0; i < 450; i++)
            Push(($"w_{2000 + (i / 50)}_{i % 50:00}", Facts.Digest('2')));
        _registry.Tags["w_2000_00"] = One;
        var lister = Lister();

        Assert.Equal("Recommended", (await lister.ListAsync(default)).Desired[0].Name);
        Assert.Equal(RubinRepoMan.DigestsPerPoll, _registry.TakeAsked().Count);
        Assert.Equal("Recommended", (await lister.ListAsync(default)).Desired[0].Name);
        Assert.Equal(RubinRepoMan.DigestsPerPoll, _registry.TakeAsked().Count);
        Assert.Equal("Recommended (Weekly 2000_00)", (await lister.ListAsync(default)).Desired[0].Name);
        Assert.InRange(_registry.TakeAsked().Count, 4, 100);
        await lister.ListAsync(default);
        Assert.Equal(3, _registry.TakeAsked().Count);
    }

    [Fact]
    public async Task No_tag_is_asked_twice_in_one_poll()
    {
        Push(("recommended", One), ("r21_0_0", Two), ("w_2021_01", Facts.Digest('3')), ("d_2021_01_01", Facts.Digest('4')));
        await Lister().ListAsync(default);
        var asked = _registry.TakeAsked();
        Assert.Equal(asked.Distinct(), asked);
    }

    [Fact]
    public async Task A_tag_that_vanishes_between_list_and_digest_is_no_error()
    {
        Push(("recommended", One), ("w_2021_01", One));
        _registry.Vanishing.Add("w_2021_02");

        var list = await Lister().ListAsync(default);

        Assert.Null(list.Desired.Single(image => Tag(image) == "w_2021_02").ImageHash);
        Assert.Equal(One, list.Desired.Single(image => Tag(image) == "w_2021_01").ImageHash);
    }

    [Fact]
    public async Task A_tag_that_is_gone_takes_what_was_known_of_it_along()
    {
        Push(("recommended", One), ("r21_0_0", One), ("w_2021_01", Two));
        var lister = Lister();
        await lister.ListAsync(default);

        _registry.Tags.Remove("r21_0_0");
        var list = await lister.ListAsync(default);
        Assert.Equal("Recommended", list.Desired[0].Name);
        Assert.DoesNotContain(list.All, image => Tag(image) == "r21_0_0");
    }

    [Fact]
    public async Task An_empty_repository_is_an_empty_list() => Assert.Equal(RepoList.Empty, await Lister().ListAsync(default));

    [Fact]
    public async Task An_error_is_the_callers_and_the_next_poll_goes_on_with_what_is_known()
    {
        Push(("recommended", One), ("r21_0_0", One));
        var lister = Lister();
        _registry.Failure = "list tags of lsst/lab: 503";
        Assert.Equal("list tags of lsst/lab: 503", (await Assert.ThrowsAsync<PortException>(() => lister.ListAsync(default))).Message);

        _registry.Failure = null;
        Assert.Equal("Recommended (Release r21.0.0)", (await lister.ListAsync(default)).Desired[0].Name);
    }

    private RubinRepoMan Lister() => new(Spec, _registry, TimeSpan.FromMinutes(1));

    private void Push(params (string Tag, string Digest)[] tags)
    {
        foreach (var (tag, digest) in tags)
            _registry.Tags[tag] = digest;
    }

    private static string Tag(DesiredImage image) => image.ImageUrl.Split(':')[^1];
}
