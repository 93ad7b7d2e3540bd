using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>The service as its users see it: an address that speaks HTTP.</summary>
internal abstract class RunningService : IAsyncDisposable
{
    private HttpClient? _http;

    public abstract Uri Address { get; }

    public HttpClient Http => _http ??= new HttpClient { BaseAddress = Address };

    public async Task<JsonObject> GetAsync(string path) => (await Http.GetFromJsonAsync<JsonObject>(path))!;

    public Task<JsonObject> MachineAsync(string name) => GetAsync($"/cachemachine/{name}");

    public async Task<string[]> NamesAsync() => (await Http.GetFromJsonAsync<string[]>("/cachemachine/"))!;

    public async Task<JsonObject> PostAsync(JsonObject spec)
    {
        using var answer = await Http.PostAsJsonAsync("/cachemachine/", spec);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.StatusCode == HttpStatusCode.OK
            ? JsonNode.Parse(text)!.AsObject()
            : throw new InvalidOperationException($"POST was answered with {(int)answer.StatusCode}: {text}");
    }

    public async Task<string[]> AvailableAsync(string name) =>
        [.. (await GetAsync($"/cachemachine/{name}/available"))["images"]!.AsArray().Select(image => (string)image!["name"]!)];

    /// <summary>Waits until the machine is as it should be.</summary>
    public Task<TimeSpan> IsAsync(string name, Func<JsonObject, bool> right, TimeSpan within, string what) => Eventually.Is(
        () => MachineAsync(name), right, within, $"{name}: {what}",
        machine => $"{machine["phase"]}: {machine["message"]} nodes: {machine["nodes"]!.ToJsonString()} pulls: {machine["pulls"]!.ToJsonString()}");

    public Task<TimeSpan> BecomesAvailableAsync(string name, int images, TimeSpan within) => Eventually.Is(
        () => MachineAsync(name), machine => machine["available_images"]!.AsArray().Count == images, within,
        $"{images} images of {name} are available", machine => $"{machine["phase"]}: {machine["message"]} pulls: {machine["pulls"]!.ToJsonString()}");

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        await StopAsync();
    }

    protected abstract ValueTask StopAsync();
}
