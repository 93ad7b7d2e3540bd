namespace CacheMachine.Host.Startup;

/// <summary>
/// Keeps two services off one directory: they would run its machines twice, and stop each other's actors. The operating system releases the
/// lock when the process ends, however it does.
/// </summary>
internal static class DirectoryLock
{
    private const string FileName = "cachemachine.lock";

    /// <summary>Locks the directory.</summary>
    /// <param name="directory">It must exist.</param>
    /// <param name="isShared">Whether others that say so too may use it at the same time.</param>
    /// <returns>To be disposed of.</returns>
    /// <exception cref="IOException">Another process has it, or the file cannot be made.</exception>
    public static IDisposable Take(string directory, bool isShared)
    {
        var path = Path.Combine(directory, FileName);
        try
        {
            // .NET takes flock(2) for these, exclusive for None and shared for Read.
            return File.Open(path, FileMode.OpenOrCreate, FileAccess.Read, isShared ? FileShare.Read : FileShare.None);
        }
        catch (IOException e) when (e.GetType() == typeof(IOException) && File.Exists(path))
        {
            throw new IOException("another cachemachine uses this directory", e);
        }
    }
}
