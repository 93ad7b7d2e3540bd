namespace CacheMachine.Kubernetes.Config;

/// <summary>A small file that others replace (mounted secrets); read again after a period or on demand.</summary>
/// <param name="path">Absolute path.</param>
/// <param name="what">Names the file's purpose in errors, for example <c>user "a": tokenFile</c>.</param>
/// <param name="environment">Reload period and clock.</param>
internal sealed class CachedFile(string path, string what, ConfigEnvironment environment)
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
            if (_content is null || fresh || environment.Time.GetElapsedTime(_readAt) >= environment.FileReloadPeriod)
            {
                _content = ReadFile();
                _readAt = environment.Time.GetTimestamp();
            }

            return _content;
        }
    }

    private string ReadFile()
    {
        try
        {
            var text = ReadOnceMore();
            return string.IsNullOrWhiteSpace(text)
                ? throw new KubernetesConfigException($"{what}: the file {path} is empty")
                : text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubernetesConfigException($"{what}: the file {path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>
    /// kubelet swaps a mounted secret by a symbolic link and then removes the old folder: whoever opens the file in
    /// that moment finds nothing, and finds the new one when trying again.
    /// </summary>
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
