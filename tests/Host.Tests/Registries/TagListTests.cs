using CacheMachine.Host.Registries;
using CacheMachine.Host.Tests.Registries.Doubles;
using Microsoft.AspNetCore.Http;

namespace CacheMachine.Host.Tests.Registries;

public sealed class TagListTests
{
    [Fact]
    public async Task Tags_come_in_the_order_of_the_registry()
    {
        await using var server = await FakeServer.StartAsync(context => context.JsonAsync("""{"name":"a/b","tags":["z","a","w_2021_22"]}"""));
        using var client = Clients.For(server);
        Assert.Equal(["z", "a", "w_2021_22"], await client.ListTagsAsync(server.Host, "a/b"));
        Assert.Equal("/v2/a/b/tags/list?n=1000", Assert.Single(server.Requests).Url);
    }

    [Fact]
    public async Task A_null_list_is_an_empty_repository()
    {
        await using var server = await FakeServer.StartAsync(context => context.JsonAsync("""{"name":"a/b","tags":null}"""));
        using var client = Clients.For(server);
        Assert.Empty(await client.ListTagsAsync(server.Host, "a/b"));
    }

    [Theory]
    [InlineData("relative")]
    [InlineData("absolute")]
    [InlineData("query only")]
    public async Task Pages_are_followed_to_the_last(string form)
    {
        await using var server = await FakeServer.StartAsync(context =>
        {
            var page = context.Request.Query["last"].ToString() switch { "" => 1, "t1" => 2, _ => 3 };
            var next = $"?last=t{page}&n=1";
            var target = form switch
            {
                "relative" => "/v2/a/b/tags/list" + next,
                "absolute" => $"http://{context.Request.Host}/v2/a/b/tags/list{next}",
                _ => next,
            };
            if (page < 3) context.Response.Headers.Append("Link", $"<{target}>; rel=\"next\"");
            return context.JsonAsync($$"""{"tags":["t{{page}}"]}""");
        });
        using var client = Clients.For(server);
        Assert.Equal(["t1", "t2", "t3"], await client.ListTagsAsync(server.Host, "a/b"));
    }

    [Fact]
    public async Task A_tag_that_is_named_twice_counts_once_on_one_page_and_on_several()
    {
        await using var server = await FakeServer.StartAsync(context =>
        {
            if (context.Request.Query["last"] == "b") return context.JsonAsync("""{"tags":["b","c","c"]}""");
            context.Response.Headers.Append("Link", "<?last=b>; rel=next");
            return context.JsonAsync("""{"tags":["b","a","b","a"]}""");
        });
        using var client = Clients.Create(Clients.Insecure(server) with { MaxTags = 3 });
        Assert.Equal(["b", "a", "c"], await client.ListTagsAsync(server.Host, "a/b"));
    }

    // As Quay did.
    [Theory]
    [InlineData(400)]
    [InlineData(405)]
    [InlineData(422)]
    public async Task A_registry_that_refuses_the_size_of_a_page_gives_pages_of_its_own(int status)
    {
        await using var server = await FakeServer.StartAsync(context =>
        {
            if (int.TryParse(context.Request.Query["n"], out var size) && size > 100)
                return context.JsonAsync("""{"errors":[{"code":"TOO_MANY_TAGS_REQUESTED","message":"max is 100"}]}""", status);
            if (context.Request.Query["last"] == "a") return context.JsonAsync("""{"tags":["b"]}""");
            context.Response.Headers.Append("Link", "</v2/a/b/tags/list?n=100&last=a>; rel=\"next\"");
            return context.JsonAsync("""{"tags":["a"]}""");
        });
        using var client = Clients.For(server);
        Assert.Equal(["a", "b"], await client.ListTagsAsync(server.Host, "a/b"));
        string[] asked = ["/v2/a/b/tags/list?n=1000", "/v2/a/b/tags/list", "/v2/a/b/tags/list?n=100&last=a"];
        Assert.Equal(asked, server.Requests.Select(request => request.Url));
    }

    [Fact]
    public async Task A_registry_that_refuses_without_a_size_too_is_asked_twice_and_no_more()
    {
        await using var server = await FakeServer.StartAsync(context => context.JsonAsync("""{"errors":[{"code":"UNSUPPORTED"}]}""", 400));
        using var client = Clients.For(server);
        var exception = await Clients.FailsAsync(RegistryErrorKind.Protocol, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.Equal("UNSUPPORTED", exception.Code);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_later_page_that_is_refused_is_an_error()
    {
        await using var server = await FakeServer.StartAsync(context =>
        {
            if (context.Request.Query["last"] == "a") return context.StatusAsync(400);
            context.Response.Headers.Append("Link", "<?last=a>; rel=next");
            return context.JsonAsync("""{"tags":["a"]}""");
        });
        using var client = Clients.For(server);
        await Clients.FailsAsync(RegistryErrorKind.Protocol, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData("<http://127.0.0.1:1/v2/a/b/tags/list>; rel=\"next\"", RegistryErrorKind.Refused)]
    [InlineData("<//other.test/v2/a/b/tags/list>; rel=next", RegistryErrorKind.Refused)]
    [InlineData("<file:///etc/passwd>; rel=next", RegistryErrorKind.Refused)]
    [InlineData("<?n=1000>; rel=next", RegistryErrorKind.Protocol)]
    [InlineData("/v2/a/b/tags/list; rel=next", RegistryErrorKind.Protocol)]
    [InlineData("<http://[>; rel=next", RegistryErrorKind.Protocol)]
    public async Task A_bad_next_link_is_an_error_and_not_the_end_of_the_list(string link, RegistryErrorKind kind)
    {
        await using var server = await FakeServer.StartAsync(context =>
        {
            context.Response.Headers.Append("Link", link);
            return context.JsonAsync("""{"tags":["a"]}""");
        });
        using var client = Clients.For(server);
        await Clients.FailsAsync(kind, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_next_link_from_https_to_http_is_refused()
    {
        await using var server = await FakeServer.StartAsync(
            context =>
            {
                context.Response.Headers.Append("Link", $"<http://{context.Request.Host}/v2/a/b/tags/list?last=a>; rel=\"next\"");
                return context.JsonAsync("""{"tags":["a"]}""");
            },
            https: true);
        using var client = Clients.Create();
        var exception = await Clients.FailsAsync(RegistryErrorKind.Refused, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.Contains($"http://{server.Host}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_pages_are_an_error()
    {
        await using var server = await FakeServer.StartAsync(Endless);
        using var client = Clients.Create(Clients.Insecure(server) with { MaxPages = 3 });
        var exception = await Clients.FailsAsync(RegistryErrorKind.Protocol, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.Contains("more than 3 pages", exception.Message, StringComparison.Ordinal);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task Too_many_tags_are_an_error()
    {
        await using var server = await FakeServer.StartAsync(Endless);
        using var client = Clients.Create(Clients.Insecure(server) with { MaxTags = 5 });
        var exception = await Clients.FailsAsync(RegistryErrorKind.Protocol, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.Contains("more than 5 tags", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_large_a_page_is_an_error()
    {
        await using var server = await FakeServer.StartAsync(Endless);
        using var client = Clients.Create(Clients.Insecure(server) with { MaxPageBytes = 10 });
        var exception = await Clients.FailsAsync(RegistryErrorKind.Protocol, () => client.ListTagsAsync(server.Host, "a/b"));
        Assert.Contains("larger than 10 bytes", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("<html>login</html>")]
    [InlineData("")]
    [InlineData("""{"tags":"a"}""")]
    [InlineData("""{"tags":["a",1]}""")]
    public async Task An_answer_without_a_list_is_not_an_empty_repository(string body)
    {
        await using var server = await FakeServer.StartAsync(context => context.JsonAsync(body));
        using var client = Clients.For(server);
        await Clients.FailsAsync(RegistryErrorKind.Protocol, () => client.ListTagsAsync(server.Host, "a/b"));
    }

    [Fact]
    public async Task Names_that_are_no_tags_are_left_out()
    {
        await using var server = await FakeServer.StartAsync(context => context.JsonAsync("""{"tags":["a","","../x","-b","c d"]}"""));
        using var client = Clients.For(server);
        Assert.Equal(["a"], await client.ListTagsAsync(server.Host, "a/b"));
    }

    [Theory]
    [InlineData("host/x", "a")]
    [InlineData("user@host", "a")]
    [InlineData("host:99999", "a")]
    [InlineData("", "a")]
    [InlineData("host", "A")]
    [InlineData("host", "a/../b")]
    [InlineData("host", "a?b")]
    [InlineData("host", "")]
    public async Task Malformed_names_never_become_a_url(string registry, string repository)
    {
        using var client = Clients.Create();
        await Assert.ThrowsAsync<ArgumentException>(() => client.ListTagsAsync(registry, repository));
    }

    private static Task Endless(HttpContext context)
    {
        var page = int.Parse("0" + context.Request.Query["last"], System.Globalization.CultureInfo.InvariantCulture) + 1;
        context.Response.Headers.Append("Link", $"</v2/a/b/tags/list?last={page}>; rel=\"next\"");
        return context.JsonAsync($$"""{"tags":["a{{page}}","b{{page}}"]}""");
    }
}
