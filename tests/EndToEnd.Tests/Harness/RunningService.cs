using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>The service as its users see it: an address that speaks HTTP.</summary>
internal abstract class RunningService : IAsyncDisposable
{
    // Each comes after the service has waited for itself, 5 s of its clock.
    private const int BusyAnswers = 5;

    private HttpClient? _http;

    public abstract Uri Address { get; }

    public HttpClient Http => _http ??= new HttpClient { BaseAddress = Address };

    /// <summary>Asks; where the answer is "busy, ask again", as on a busy computer with a fast clock, it asks again for a while.</summary>
    public async Task<JsonObject> GetAsync(string path)
    {
        for (var left = BusyAnswers; ; left--)
        {
            using var answer = await Http.GetAsync(new Uri(path, UriKind.Relative));
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable && left > 0)
                continue;
            return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>())!;
        }
    }

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
