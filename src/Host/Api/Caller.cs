namespace CacheMachine.Host.Api;

/// <summary>Who sends a request, for the log.</summary>
internal static class Caller
{
    /// <summary>
    /// The address that the request comes from, and where that is a proxy, whom it says it asks for: everybody can write that, so it is
    /// never believed, only shown.
    /// </summary>
    public static string Of(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress;
        if (address is { IsIPv4MappedToIPv6: true })
            address = address.MapToIPv4();
        var forwarded = http.Request.Headers["X-Forwarded-For"].ToString();
        return forwarded.Length == 0 ? $"{address}" : $"{address} (forwarded for {PlainText.Shorten(forwarded)})";
    }
}
