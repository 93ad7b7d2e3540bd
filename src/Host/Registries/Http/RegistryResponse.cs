using System.Net.Http.Headers;

namespace CacheMachine.Host.Registries.Http;

/// <summary>One answer, read to its end.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Uri">Where the answer is from, after redirects.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Headers">The answer's headers.</param>
/// <param name="Body">The answer's body; of an error answer at most its first 64 KiB.</param>
internal sealed record RegistryResponse(
    RegistryRequest Request, Uri Uri, int Status, HttpResponseHeaders Headers, ReadOnlyMemory<byte> Body)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Whether the answer says that it is a registry's.</summary>
    public bool IsOfRegistry =>
        Raw("Docker-Distribution-Api-Version").Any(version => version.Contains("registry/", StringComparison.Ordinal));

    /// <summary>The values as they were sent: the typed headers drop what does not parse.</summary>
    public IEnumerable<string> Raw(string header) => Headers.NonValidated.TryGetValues(header, out var values) ? values : [];
}
