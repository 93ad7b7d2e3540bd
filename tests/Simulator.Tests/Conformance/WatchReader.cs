using System.Text.Json.Nodes;

namespace CacheMachine.Simulator.Tests.Conformance;

/// <summary>A watch that is read frame by frame.</summary>
public sealed class WatchReader : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;

    private WatchReader(HttpResponseMessage response, Stream stream) => (_response, _lines) = (response, new StreamReader(stream));

    public int Code => (int)_response.StatusCode;

    public static async Task<WatchReader> Open(Api api, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        var response = await api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new WatchReader(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next frame that is not a bookmark; null at the end of the watch.</summary>
    public async Task<(string Type, JsonNode Object)?> Next()
    {
        while (await Frame() is { } frame)
        {
            if (frame.Type != "BOOKMARK")
                return frame;
        }

        return null;
    }

    /// <summary>The next frame; null at the end of the watch.</summary>
    public async Task<(string Type, JsonNode Object)?> Frame()
    {
        using var end = new CancellationTokenSource(Longest, TimeProvider.System);
        if (await _lines.ReadLineAsync(end.Token) is not { } line)
            return null;
        var frame = JsonNode.Parse(line)!;
        return (frame.String("type"), frame["object"]!);
    }

    public void Dispose()
    {
        _lines.Dispose();
        _response.Dispose();
    }
}
