using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using CacheMachine.EndToEnd.Tests.Harness;
using CacheMachine.Simulator;
using Xunit;
using Xunit.Abstractions;

namespace CacheMachine.EndToEnd.Tests.Scenarios;

/// <summary>Requests that are wrong, or unusual.</summary>
public sealed class HttpFaults(ITestOutputHelper output) : SimulatorScenario(output)
{
    public override Task InitializeAsync() => BeginAsync(new SimulatedClusterOptions { Nodes = 1 });

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("{\"name\":")]
    [InlineData("{} {}")]
    [InlineData("\u0000")]
    public async Task A_body_that_is_not_JSON_is_400(string body) =>
        Assert.StartsWith("the body is not JSON: ", (string)(await ProblemAsync(body, 400, "Bad Request"))["detail"]!, StringComparison.Ordinal);

    [Fact]
    public async Task A_body_that_is_too_long_is_413_with_and_without_its_length_said()
    {
        var body = "{\"name\":\"" + new string('x', 2_000_000) + "\"}";
        Assert.Contains("http.max-body-size", (string)(await ProblemAsync(body, 413, "Payload Too Large"))["detail"]!, StringComparison.Ordinal);
        Assert.Contains("http.max-body-size", (string)(await ProblemAsync(body, 413, "Payload Too Large", chunked: true))["detail"]!, StringComparison.Ordinal);
        Assert.Empty(await Service.NamesAsync());
    }

    [Fact]
    public async Task All_faults_of_a_body_are_said_at_once_with_422_and_nothing_changes()
    {
        var problem = await ProblemAsync(
            """
            {
              "name": "Not A Label", "labels": { "a/b/c": "x" }, "parallel_images": 0, "surprise": 1, "pull_timeout": "1s",
              "repomen": [
                { "type": "SimpleRepoMan", "images": [ { "name": "x", "image_url": "lower/Case:1", "image_hash": "sha256:short" } ] },
                { "type": "NoRepoMan" },
                { "type": "RubinRepoMan", "repo": "a/b", "num_releases": -1, "num_weeklies": "two", "num_dailies": 0 }
              ],
              "tolerations": [ { "key": "a", "operator": "Sometimes" } ]
            }
            """,
            422, "Unprocessable Entity");
        var fields = problem["errors"]!.AsArray().Select(error => (string)error!["field"]!).ToArray();
        string[] expected =
        [
            "labels.a/b/c", "name", "parallel_images", "pull_timeout", "repomen[0].images[0].image_hash", "repomen[0].images[0].image_url",
            "repomen[1].type", "repomen[2].num_releases", "repomen[2].num_weeklies", "surprise", "tolerations[0].operator",
        ];
        Assert.Equal(expected, fields.Order(StringComparer.Ordinal).Select(field => field.Replace("labels[\"a/b/c\"]", "labels.a/b/c", StringComparison.Ordinal)));
        Assert.All(problem["errors"]!.AsArray(), error => Assert.NotEmpty((string)error!["rule"]!));
        Assert.Empty(await Service.NamesAsync());
    }

    [Theory]
    [InlineData("/cachemachine/nobody")]
    [InlineData("/cachemachine/nobody/available")]
    [InlineData("/cachemachine/nobody/desired/")]
    [InlineData("/cachemachine/No%20Body")]
    [InlineData("/cachemachine/..%2f..%2fetc")]
    public async Task A_name_that_is_unknown_is_404(string path)
    {
        using var answer = await Service.Http.GetAsync(new Uri(path, UriKind.Relative));
        var problem = await ProblemAsync(answer, 404, "Not Found");
        Assert.StartsWith("there is no machine '", (string)problem["detail"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/nothing/here", 404)]
    [InlineData("GET", "/cachemachine/a/b", 404)]
    [InlineData("PUT", "/cachemachine/", 405)]
    [InlineData("DELETE", "/cachemachine/", 405)]
    public async Task What_the_API_does_not_have_is_a_problem_too(string method, string path, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await Service.Http.SendAsync(request);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task The_content_type_does_not_matter(string? type)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Specs.Machine("m").ToJsonString()));
        content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        using var answer = await Service.Http.PostAsync(new Uri("/cachemachine/", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["m"], await Service.NamesAsync());
    }

    [Fact]
    public async Task Trailing_slashes_do_not_matter()
    {
        using (var answer = await PostAsync("/cachemachine", Specs.Machine("m", Specs.Simple(("app", Push("app")))).ToJsonString()))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Service.BecomesAvailableAsync("m", 1, Soon);
        await NothingIsLeftAsync(Soon);
        foreach (var path in new[] { "/cachemachine", "/cachemachine/m", "/cachemachine/m/available", "/cachemachine/m/desired" })
        {
            var (without, with) = (await Service.Http.GetStringAsync(new Uri(path, UriKind.Relative)), await Service.Http.GetStringAsync(new Uri(path + "/", UriKind.Relative)));
            Assert.Equal(without, with);
        }
        using (var answer = await Service.Http.DeleteAsync(new Uri("/cachemachine/m/", UriKind.Relative)))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(await Service.NamesAsync());
    }

    private static async Task<JsonObject> ProblemAsync(HttpResponseMessage answer, int status, string title)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
        Assert.Equal((status, title, "about:blank"), ((int)problem["status"]!, (string)problem["title"]!, (string)problem["type"]!));
        return problem;
    }

    private async Task<JsonObject> ProblemAsync(string body, int status, string title, bool chunked = false)
    {
        using var answer = await PostAsync("/cachemachine/", body, chunked);
        return await ProblemAsync(answer, status, title);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string body, bool chunked = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TransferEncodingChunked = chunked;
        return await Service.Http.SendAsync(request);
    }
}
