namespace CacheMachine.Host.Kubernetes.Access;

/// <summary>A small file that others replace (mounted secrets); read again after a period, or on demand.</summary>
/// <param name="path">Absolute path.</param>
/// <param name="what">What it is for, in errors: <c>kubeconfig FILE, user "a", tokenFile</c>.</param>
/// <param name="reload">
/// How long what was read is used. Bound service account tokens are replaced at 80 % of their life (an hour or more), so a minute is early enough.
/// </param>
/// <param name="time">Clock.</param>
internal sealed class FollowedFile(string path, string what, TimeSpan reload, TimeProvider time)
{
    private readonly Lock _gate = new();
    private string? _content;
    private long _readAt;

    /// <summary>The content, at most one reload period old; or fresh from the disk.</summary>
    /// <exception cref="KubernetesConfigException">The file cannot be read, or is empty.</exception>
    public string Read(bool fresh = false)
    {
        lock (_gate)
        {
            if (_content is null || fresh || time.GetElapsedTime(_readAt) >= reload)
            {
                _content = ReadFile();
                _readAt = time.GetTimestamp();
            }
            return _content;
        }
    }

    private string ReadFile()
    {
        try
        {
            var text = ReadOnceMore();
            return string.IsNullOrWhiteSpace(text) ? throw new KubernetesConfigException($"{what}: the file {path} is empty") : text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubernetesConfigException($"{what}: the file {path} cannot be read: {e.Message}", e);
        }
    }

    // kubelet swaps a mounted secret by a symbolic link and then removes the old folder: whoever opens the file in that moment finds nothing,
    // and finds the new one when trying again.
    private string ReadOnceMore()
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return File.ReadAllText(path);
        }
    }
}
