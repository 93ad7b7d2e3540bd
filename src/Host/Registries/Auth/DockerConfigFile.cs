using CacheMachine.Host.Registries.Http;

namespace CacheMachine.Host.Registries.Auth;

/// <summary>
/// A <c>.dockerconfigjson</c> on disk, read again when it changes: its time and size are looked at on each use, through
/// the symbolic links by which kubelet swaps a mounted secret. While it cannot be read or understood, as for a moment when it is
/// written anew, what it had before stays in use.
/// </summary>
internal sealed class DockerConfigFile(string? path, KnownSecrets secrets, ILogger logger)
{
    private const int MaxBytes = 4 * 1024 * 1024;
    private const int Swaps = 3;

    private readonly Lock _gate = new();
    private Snapshot? _good;
    private string? _trouble;

    /// <summary>The credential for a repository; null for anonymous, as when there is no file.</summary>
    /// <exception cref="RegistryException">
    /// The entry for the repository is malformed, or the file cannot be read or understood and never could
    /// (<see cref="RegistryErrorKind.Configuration"/>).
    /// </exception>
    public Credential? Find(string registry, string repository)
    {
        if (path is null) return null;
        try
        {
            return Current(path).Find(registry, repository);
        }
        catch (FormatException e)
        {
            throw new RegistryException(RegistryErrorKind.Configuration, $"Credentials for {registry}: file {path}: {e.Message}")
            {
                Reason = e.Message,
                MayBeTold = true,
            };
        }
    }

    private DockerConfig Current(string file)
    {
        lock (_gate)
        {
            try
            {
                var read = Read(file);
                if (read != _good) secrets.Replace(read?.Config.Credentials.SelectMany(credential => credential.Secrets) ?? []);
                if (_trouble is not null) logger.LogInformation("Credentials file {File} can be used again", file);
                (_good, _trouble) = (read, null);
            }
            catch (FormatException e)
            {
                if (_good is null) throw;
                var reason = e.Message;
                if (_trouble != reason)
                    logger.LogWarning("Credentials file {File} cannot be used, so what it had before stays in use: {Reason}", file, reason);
                _trouble = reason;
            }

            return _good?.Config ?? DockerConfig.Empty;
        }
    }

    // Null: there is no such file. A link may be swapped, and its former target be gone, between two steps.
    private Snapshot? Read(string file)
    {
        if (Directory.Exists(file)) throw new FormatException("it is a folder");
        for (var swaps = 0; swaps < Swaps && new FileInfo(file).Exists; swaps++)
        {
            try
            {
                return ReadOnce(file);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                // Looked for again.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new FormatException($"it cannot be read: {e.Message}", e);
            }
        }

        return null;
    }

    private Snapshot ReadOnce(string file)
    {
        var info = new FileInfo(file);
        var target = info.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? info;

        // Taken before reading: a change in between is seen at the next use.
        var stamp = (target.FullName, target.LastWriteTimeUtc, target.Length);
        if (_good is { } good && good.Stamp == stamp) return good;
        if (target.Length > MaxBytes) throw new FormatException($"it is larger than {MaxBytes} bytes");
        return new Snapshot(stamp, DockerConfig.Parse(File.ReadAllBytes(target.FullName)));
    }

    private sealed record Snapshot((string, DateTime, long) Stamp, DockerConfig Config);
}
