namespace CacheMachine.Host.Api;

/// <summary>Reads request bodies, whatever content type they claim.</summary>
internal static class Body
{
    /// <summary>The whole body; null where it is longer than <paramref name="limit"/> bytes.</summary>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, long limit)
    {
        try
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
            return body.Length <= limit ? body.ToArray() : null;
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }
    }
}
