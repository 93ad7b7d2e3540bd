namespace CacheMachine.Host.Registries.Auth;

/// <summary>
/// A <c>.dockerconfigjson</c> on disk, read again when it changes: its time and size are looked at on each use, through
/// the symbolic links by which kubelet swaps a mounted secret.
/// </summary>
internal sealed class DockerConfigFile(string? path)
{
    private const int MaxBytes = 4 * 1024 * 1024;

    private volatile Snapshot? _snapshot;

    /// <summary>The credential for a repository; null for anonymous, as when there is no file.</summary>
    /// <exception cref="RegistryException">The file cannot be read or understood (<see cref="RegistryErrorKind.Configuration"/>).</exception>
    public Credential? Find(string registry, string repository)
    {
        if (path is null) return null;
        try
        {
            return Current(path).Find(registry, repository);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (FormatException e)
        {
            throw new RegistryException(RegistryErrorKind.Configuration, $"Credentials for {registry}: file {path}: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RegistryException(RegistryErrorKind.Configuration, $"Credentials for {registry}: file {path} cannot be read: {e.Message}", e);
        }
    }

    private DockerConfig Current(string file)
    {
        var info = new FileInfo(file);
        var target = info.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? info;
        if (Directory.Exists(file)) throw new FormatException("it is a folder");
        if (!target.Exists) return DockerConfig.Empty;

        // Taken before reading: a change in between is seen at the next use.
        var stamp = (target.FullName, target.LastWriteTimeUtc, target.Length);
        if (_snapshot is { } snapshot && snapshot.Stamp == stamp) return snapshot.Config;
        if (target.Length > MaxBytes) throw new FormatException($"it is larger than {MaxBytes} bytes");

        var config = DockerConfig.Parse(File.ReadAllBytes(file));
        _snapshot = new Snapshot(stamp, config);
        return config;
    }

    private sealed record Snapshot((string, DateTime, long) Stamp, DockerConfig Config);
}
