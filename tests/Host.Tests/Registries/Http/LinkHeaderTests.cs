using CacheMachine.Host.Registries.Http;

namespace CacheMachine.Host.Tests.Registries.Http;

public sealed class LinkHeaderTests
{
    [Theory]
    [InlineData("""</a?x=1&y=2>; rel="next" """, "/a?x=1&y=2")]
    [InlineData("</a>;rel=next", "/a")]
    [InlineData("</a>; title=\"x, y; <b>\"; REL=\"prev Next\"", "/a")]
    [InlineData("</p>; rel=prev, </n>; rel=next", "/n")]
    [InlineData("</a,b>; rel=next", "/a,b")]
    [InlineData("</a>; rel=prev", null)]
    [InlineData("</a>; flag; rel=next", "/a")]
    [InlineData("</a>", null)]
    [InlineData("", null)]
    public void The_next_link_is_found(string header, string? target) => Assert.Equal(target, LinkHeader.Next([header]));

    [Fact]
    public void Several_headers_count_as_one_list() => Assert.Equal("/n", LinkHeader.Next(["</p>; rel=prev", "</n>; rel=next"]));

    [Theory]
    [InlineData("/a; rel=next")]
    [InlineData("</a; rel=next")]
    [InlineData("</a>; rel=\"next")]
    [InlineData("</a> rel=next")]
    [InlineData("</a>; rel=")]
    public void A_link_that_cannot_be_read_is_an_error(string header) => Assert.Throws<FormatException>(() => LinkHeader.Next([header]));
}
