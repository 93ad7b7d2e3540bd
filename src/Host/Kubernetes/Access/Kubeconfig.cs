using System.Net.Http.Headers;
using System.Text;

namespace CacheMachine.Host.Kubernetes.Access;

/// <summary>Finds in a kubeconfig file how to reach the cluster of a context.</summary>
/// <param name="path">The file; relative paths in it start from its folder.</param>
/// <param name="times">How often files are read, and how long plugins may take.</param>
internal sealed class Kubeconfig(string path, AccessTimes times)
{
    private readonly KubeconfigFile _file = KubeconfigFile.Read(path);

    /// <summary>Reads it.</summary>
    /// <param name="context">Null for the current context.</param>
    /// <exception cref="KubernetesConfigException">The file, an entry or a field is missing or faulty.</exception>
    public ApiAccess Load(string? context)
    {
        var contexts = (_file.Contexts ?? []).Select(entry => (entry.Name, entry.Context)).ToList();
        var name = NullIfEmpty(context) ?? NullIfEmpty(_file.CurrentContext)
            ?? throw Fault($"no context was named and there is no current-context; contexts: {string.Join(", ", contexts.Select(c => c.Name))}");
        var chosen = Find("context", name, contexts);
        var clusterName = NullIfEmpty(chosen.Cluster) ?? throw Fault($"context \"{name}\", cluster: missing");
        var cluster = Find("cluster", clusterName, (_file.Clusters ?? []).Select(entry => (entry.Name, entry.Cluster)));
        var user = NullIfEmpty(chosen.User) is { } userName
            ? (userName, Find("user", userName, (_file.Users ?? []).Select(entry => (entry.Name, entry.User))))
            : ("", new KubeconfigUser());
        return Access(name, chosen, $"cluster \"{clusterName}\"", cluster, $"user \"{user.Item1}\"", user.Item2);
    }

    private ApiAccess Access(string context, KubeconfigContext chosen, string clusterWhat, KubeconfigCluster cluster, string userWhat, KubeconfigUser user)
    {
        var server = Address(clusterWhat, "server", cluster.Server ?? throw Fault($"{clusterWhat}, server: missing"), "http", "https");
        if (server.UserInfo.Length > 0)
            throw Fault($"{clusterWhat}, server: user name and password do not belong into the address");
        var authority = Text(clusterWhat, "certificate-authority", cluster.CertificateAuthorityData, cluster.CertificateAuthority);
        if (cluster.InsecureSkipTlsVerify && authority is not null)
            throw Fault($"{clusterWhat}, insecure-skip-tls-verify: cannot be true while a certificate-authority is given");
        var trust = new ServerTrust(authority, $"kubeconfig {path}: {clusterWhat}, certificate-authority") { AcceptsAll = cluster.InsecureSkipTlsVerify };
        trust.Read();
        return new ApiAccess(server, NullIfEmpty(chosen.Namespace) ?? "default", $"context \"{context}\" of {path}")
        {
            Trust = trust,
            ServerName = NullIfEmpty(cluster.TlsServerName),
            Proxy = NullIfEmpty(cluster.ProxyUrl) is { } proxy ? Address(clusterWhat, "proxy-url", proxy, "http", "https", "socks5") : null,
            Credentials = Credentials(userWhat, user, cluster, server, authority),
        };
    }

    // A user that has nothing is nobody: the API server, or whatever stands before it, decides what that may do.
    private ApiCredentials Credentials(string what, KubeconfigUser user, KubeconfigCluster cluster, Uri server, Func<string>? authority)
    {
        if ((user.As ?? user.AsUid ?? user.AsGroups ?? user.AsUserExtra) is not null)
            throw Fault($"{what}, as: acting as another user is not supported");
        if (user.AuthProvider is not null)
            throw Fault($"{what}, auth-provider: not supported; use exec for tokens that a program gets");
        var (token, username) = (NullIfEmpty(user.Token), NullIfEmpty(user.Username));
        var tokenFile = NullIfEmpty(user.TokenFile) is { } file ? Follow(file, $"{what}, tokenFile") : null;
        if (username is not null && (token is not null || tokenFile is not null))
            throw Fault($"{what}, username: cannot be given together with token or tokenFile");
        if (username is null && !string.IsNullOrEmpty(user.Password))
            throw Fault($"{what}, password: cannot be given without username");
        if (token?.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) == true)
            throw Fault($"{what}, token: has white space or control characters in it");

        var certificate = Certificate(what, user);
        // As in client-go: of token and file, the file is followed.
        tokenFile?.Read();
        var header = username is not null
            ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{user.Password}")))
            : token is null ? null : FileCredentials.Bearer(token);
        if (header is not null || tokenFile is not null || user.Exec is null)
            return new FileCredentials(header, tokenFile, certificate);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var plugin = new ExecPlugin($"kubeconfig {path}: {what}, exec", user.Exec, folder, times, () => ExecPlugin.ClusterInfo(server, cluster, authority?.Invoke()));
        return new ExecCredentials(plugin, certificate, times.Time);
    }

    private ClientCertificate? Certificate(string what, KubeconfigUser user)
    {
        var certificate = Text(what, "client-certificate", user.ClientCertificateData, user.ClientCertificate);
        var key = Text(what, "client-key", user.ClientKeyData, user.ClientKey);
        if (certificate is null && key is null)
            return null;
        var both = new ClientCertificate(
            certificate ?? throw Fault($"{what}, client-certificate: missing, but client-key is given"),
            key ?? throw Fault($"{what}, client-key: missing, but client-certificate is given"),
            $"kubeconfig {path}: {what}");
        both.Read();
        return both;
    }

    // Of data and file the data win, as in client-go.
    private Func<string>? Text(string what, string field, string? data, string? file)
    {
        if (NullIfEmpty(data) is { } base64)
        {
            var text = Decode($"{what}, {field}-data", base64);
            return () => text;
        }
        if (NullIfEmpty(file) is not { } name)
            return null;
        var followed = Follow(name, $"{what}, {field}");
        return () => followed.Read();
    }

    private FollowedFile Follow(string file, string what) => new(
        Path.GetFullPath(file, Path.GetDirectoryName(Path.GetFullPath(path))!), $"kubeconfig {path}: {what}", times.FileReload, times.Time);

    private string Decode(string what, string base64)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            throw Fault($"{what}: not base64");
        }
    }

    private Uri Address(string what, string field, string text, params string[] schemes)
    {
        // kubectl takes "host:port" as https, and so do files in the wild.
        var full = text.Contains("://", StringComparison.Ordinal) ? text : $"https://{text}";
        return Uri.TryCreate(full, UriKind.Absolute, out var uri) && schemes.Contains(uri.Scheme) && uri.Host.Length > 0
            ? uri
            : throw Fault($"{what}, {field}: not an address that starts with {string.Join(" or ", schemes.Select(s => s + "://"))}");
    }

    private T Find<T>(string kind, string name, IEnumerable<(string? Name, T? Body)> entries)
        where T : class
    {
        var all = entries.ToList();
        var found = all.Find(entry => entry.Name == name);
        return found.Name is null
            ? throw Fault($"there is no {kind} \"{name}\"; there " + (all.Count == 0 ? "is none" : "are: " + string.Join(", ", all.Select(e => e.Name))))
            : found.Body ?? throw Fault($"{kind} \"{name}\": is empty");
    }

    private KubernetesConfigException Fault(string problem) => new($"kubeconfig {path}: {problem}");

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
