using System.Net.Http.Headers;

namespace CacheMachine.Host.Registries.Http;

/// <summary>One answer, read to its end.</summary>
/// <param name="Method">The method of the request.</param>
/// <param name="Uri">The URL asked first, before any redirect.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Headers">The answer's headers.</param>
/// <param name="Body">The answer's body; of an error answer at most its first 64 KiB.</param>
internal sealed record RegistryResponse(HttpMethod Method, Uri Uri, int Status, HttpResponseHeaders Headers, ReadOnlyMemory<byte> Body)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The values as they were sent: the typed headers drop what does not parse.</summary>
    public IEnumerable<string> Raw(string header) => Headers.NonValidated.TryGetValues(header, out var values) ? values : [];
}
