namespace CacheMachine.Host.Registries;

/// <summary>Docker Hub has many names: one set of credentials and one token server stand for all of them.</summary>
internal static class DockerHub
{
    public const string Name = "docker.io";

    private const string Api = "registry-1.docker.io";
    private const string TokenServer = "auth.docker.io";

    private static readonly HashSet<string> Hosts = new(StringComparer.OrdinalIgnoreCase)
    {
        Name, "index.docker.io", Api, "registry.hub.docker.com",
    };

    public static bool IsAlias(string host) => Hosts.Contains(host);

    public static bool IsTokenServer(string host) => host.Equals(TokenServer, StringComparison.OrdinalIgnoreCase);

    // The other names serve the API themselves; docker.io itself is a web site, and index.docker.io the old API's host.
    public static string ApiHost(string host) => host is Name or "index.docker.io" ? Api : host;
}
