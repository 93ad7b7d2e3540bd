using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace CacheMachine.Simulator.Tests;

/// <summary>A bare HTTP client of a Kubernetes API: no client code of ours, so that the same mistake cannot be on both sides.</summary>
public sealed class Api(HttpClient http) : IDisposable
{
    public HttpClient Http => http;

    public async Task<(HttpStatusCode Code, JsonNode Body)> Send(
        string method, string path, JsonNode? body = null, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        }

        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, JsonNode.Parse(text) ?? throw new InvalidOperationException($"{method} {path}: empty answer"));
    }

    /// <summary>As <see cref="Send"/>, but fails on anything that is not a success.</summary>
    public async Task<JsonNode> Ok(string method, string path, JsonNode? body = null, string contentType = "application/json")
    {
        var (code, answer) = await Send(method, path, body, contentType);
        return (int)code is >= 200 and < 300
            ? answer
            : throw new InvalidOperationException($"{method} {path}: {(int)code} {answer.ToJsonString()}");
    }

    public Task<JsonNode> Get(string path) => Ok("GET", path);

    public void Dispose() => http.Dispose();
}
