using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Xunit;

namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>
/// Makes images in a registry without TLS and credentials by its own HTTP API (OCI distribution): the layers are those of an image that it has, and
/// a label of their own gives them a digest of their own.
/// </summary>
internal sealed class PushedImage(HttpClient http, string from, string repository)
{
    private const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json", OciManifest = "application/vnd.oci.image.manifest.v1+json",
        DockerList = "application/vnd.docker.distribution.manifest.list.v2+json", OciIndex = "application/vnd.oci.image.index.v1+json";

    /// <summary>Pushes one.</summary>
    /// <param name="registry">host:port.</param>
    /// <param name="from">The repository with the layers, of tag 1.</param>
    /// <param name="repository">Where to.</param>
    /// <param name="tag">Where to.</param>
    /// <returns>Its digest.</returns>
    /// <exception cref="SkipException">The registry takes no images.</exception>
    public static async Task<string> PushAsync(string registry, string from, string repository, string tag)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://{registry}") };
        return await new PushedImage(http, from, repository).PushAsync(tag);
    }

    private async Task<string> PushAsync(string tag)
    {
        var (manifest, mediaType) = await ManifestAsync("1");
        if (manifest["manifests"] is JsonArray images)
        {
            var image = images.FirstOrDefault(image => (string?)image!["platform"]?["os"] == "linux") ?? images[0];
            (manifest, mediaType) = await ManifestAsync((string)image!["digest"]!);
        }
        foreach (var layer in manifest["layers"]!.AsArray().Select(layer => (string)layer!["digest"]!).Distinct())
            await CopyAsync(layer);
        var config = JsonNode.Parse(await BlobAsync((string)manifest["config"]!["digest"]!))!;
        (config["config"] ??= new JsonObject())["Labels"] = new JsonObject { ["cachemachine.test"] = Guid.NewGuid().ToString() };
        var bytes = System.Text.Encoding.UTF8.GetBytes(config.ToJsonString());
        manifest["config"]!["digest"] = await UploadAsync(await BeginAsync(""), bytes);
        manifest["config"]!["size"] = bytes.Length;
        bytes = System.Text.Encoding.UTF8.GetBytes(manifest.ToJsonString());
        using var content = Content(bytes, mediaType);
        using var put = await http.PutAsync(new Uri($"/v2/{repository}/manifests/{tag}", UriKind.Relative), content);
        put.EnsureSuccessStatusCode();
        return Digest(bytes);
    }

    private async Task<(JsonNode Manifest, string MediaType)> ManifestAsync(string reference)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/v2/{from}/manifests/{reference}", UriKind.Relative));
        request.Headers.Add("Accept", string.Join(", ", DockerManifest, OciManifest, DockerList, OciIndex));
        using var answer = await http.SendAsync(request);
        Skip.If(
            answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden,
            $"the registry at {http.BaseAddress!.Authority} does not give {from}:{reference}, which the images of the tests are made of: {(int)answer.StatusCode}");
        answer.EnsureSuccessStatusCode();
        return (JsonNode.Parse(await answer.Content.ReadAsStringAsync())!, answer.Content.Headers.ContentType!.MediaType!);
    }

    private Task<byte[]> BlobAsync(string digest) => http.GetByteArrayAsync(new Uri($"/v2/{from}/blobs/{digest}", UriKind.Relative));

    // A registry may mount what it has in another repository, or want it once more.
    private async Task CopyAsync(string digest)
    {
        if (await BeginAsync($"?mount={digest}&from={from}") is { } upload)
            await UploadAsync(upload, await BlobAsync(digest));
    }

    private async Task<Uri?> BeginAsync(string mount)
    {
        using var begin = await http.PostAsync(new Uri($"/v2/{repository}/blobs/uploads/{mount}", UriKind.Relative), null);
        Skip.If(
            begin.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed,
            $"the registry at {http.BaseAddress!.Authority} takes no images: {(int)begin.StatusCode}");
        return begin.EnsureSuccessStatusCode().StatusCode == HttpStatusCode.Created ? null : begin.Headers.Location;
    }

    private async Task<string> UploadAsync(Uri? upload, byte[] bytes)
    {
        var digest = Digest(bytes);
        var to = new Uri(http.BaseAddress!, upload ?? throw new InvalidOperationException("the registry does not say where to upload to"));
        using var content = Content(bytes, "application/octet-stream");
        using var put = await http.PutAsync(new Uri($"{to}{(to.Query.Length > 0 ? '&' : '?')}digest={Uri.EscapeDataString(digest)}"), content);
        put.EnsureSuccessStatusCode();
        return digest;
    }

    private static ByteArrayContent Content(byte[] bytes, string mediaType)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        return content;
    }

    private static string Digest(byte[] bytes) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
}
