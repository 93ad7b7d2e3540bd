namespace CacheMachine.Host.Startup;

/// <summary>Warns when the disk of the SQLite database is nearly full, while something can still be done about it.</summary>
/// <param name="directory">Of the database; it exists.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Log.</param>
/// <param name="ask">Free and all bytes of the file system of a directory; null for the real ones.</param>
internal sealed partial class FreeSpace(string directory, TimeProvider time, ILogger logger, Func<string, (long Free, long All)>? ask = null)
    : BackgroundService
{
    private const long MiB = 1024 * 1024;

    private static readonly TimeSpan Every = TimeSpan.FromMinutes(3);

    // Of a big disk 10 % is plenty.
    private const long TooLittle = 100 * MiB, Plenty = 1024 * MiB, Tenth = 10;

    private bool _isShort;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            Look();
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void Look()
    {
        try
        {
            var (free, all) = (ask ?? Ask)(directory);
            var isShort = free < TooLittle || (free < Plenty && free < all / Tenth);
            if (isShort != _isShort)
                (isShort ? (Action<ILogger, string, long, long>)LogShort : LogEnough)(logger, directory, free / MiB, all / MiB);
            _isShort = isShort;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogUnknown(logger, directory, e.Message);
        }
    }

    private static (long Free, long All) Ask(string directory)
    {
        var drive = new DriveInfo(Path.GetFullPath(directory));
        return (drive.AvailableFreeSpace, drive.TotalSize);
    }

    [LoggerMessage(
        LogLevel.Warning, "The disk of data.dir {Directory} is nearly full: {FreeMiB} of {AllMiB} MiB are free; when it is full machines cannot be changed")]
    private static partial void LogShort(ILogger logger, string directory, long freeMiB, long allMiB);

    [LoggerMessage(LogLevel.Information, "The disk of data.dir {Directory} has space again: {FreeMiB} of {AllMiB} MiB are free")]
    private static partial void LogEnough(ILogger logger, string directory, long freeMiB, long allMiB);

    [LoggerMessage(LogLevel.Debug, "The free space of data.dir {Directory} is not known: {Error}")]
    private static partial void LogUnknown(ILogger logger, string directory, string error);
}
