using System.Net.Http.Headers;

namespace CacheMachine.Kubernetes.Config;

/// <summary>Turns a <c>user</c> of a kubeconfig into a source of credentials.</summary>
internal static class KubeconfigUser
{
    // Ignoring one of these would silently act as somebody else.
    private static readonly string[] Unsupported = ["as", "as-uid", "as-groups", "as-user-extra", "auth-provider"];

    public static CredentialSource Credentials(
        KubeconfigEntry user, Func<ExecClusterInfo> cluster, ConfigEnvironment environment)
    {
        foreach (var field in Unsupported.Where(user.Has))
            throw user.Fault(field, "not supported; use exec for tokens that a program gets");

        var certificate = Certificate(user, environment);
        var token = user.Text("token");
        var tokenPath = user.FilePath("tokenFile");
        var username = user.Text("username");
        if (username is not null && (token ?? tokenPath) is not null)
            throw user.Fault("username", "cannot be given together with token or tokenFile");
        if (username is null && user.Text("password") is not null)
            throw user.Fault("password", "cannot be given without username");

        // As in client-go: of both, the file is followed.
        if (tokenPath is not null)
        {
            var file = new CachedFile(tokenPath, $"{user.What}: tokenFile", environment);
            file.Read();
            return new FileCredentials(file, null, certificate);
        }

        var header = Header(user, token, username);
        if (header is null && user.Section("exec") is { } exec)
            return new ExecCredentials(new ExecPlugin(ExecPluginSpec.Read(exec, cluster), environment), certificate, environment.Time);
        return header is null && certificate is null
            ? CredentialSource.Anonymous
            : new FileCredentials(null, header, certificate);
    }

    private static AuthenticationHeaderValue? Header(KubeconfigEntry user, string? token, string? username)
    {
        if (username is not null)
            return StaticCredentials.Basic(username, user.Text("password") ?? "");
        if (token is null)
            return null;
        if (token.Any(char.IsWhiteSpace) || token.Any(char.IsControl))
            throw user.Fault("token", "has white space or control characters in it");
        return StaticCredentials.Bearer(token);
    }

    private static CertificateFiles? Certificate(KubeconfigEntry user, ConfigEnvironment environment)
    {
        var certificate = Pem(user, "client-certificate", environment);
        var key = Pem(user, "client-key", environment);
        if (certificate is null && key is null)
            return null;
        if (certificate is null)
            throw user.Fault("client-certificate", "missing, but client-key is given");
        if (key is null)
            throw user.Fault("client-key", "missing, but client-certificate is given");
        var files = new CertificateFiles(certificate, key, user.What);
        files.Read(fresh: false);
        return files;
    }

    private static PemSource? Pem(KubeconfigEntry user, string field, ConfigEnvironment environment)
    {
        var data = user.Decoded($"{field}-data");
        var path = user.FilePath(field);
        return data is null && path is null
            ? null
            : new PemSource(data, path is null ? null : new CachedFile(path, $"{user.What}: {field}", environment));
    }
}
