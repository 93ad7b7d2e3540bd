namespace CacheMachine.Host.Peers;

/// <summary>
/// Something that is made of small files, which others replace (mounted Secrets). They are read again after <see cref="Period"/>; while they cannot
/// be, what they last gave still counts.
/// </summary>
/// <typeparam name="T">What is made of them.</typeparam>
internal sealed partial class FollowedFiles<T>
    where T : class
{
    /// <summary>How old what is known may be.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly IReadOnlyList<string> _paths;
    private readonly Func<IReadOnlyList<byte[]>, T> _make;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private IReadOnlyList<byte[]> _contents;
    private T _current;
    private string? _failure;
    private long _readAt;

    /// <summary>Reads them for the first time.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="make">Makes it of their contents, in their order; throws a <see cref="PeerConfigException"/> where that cannot be.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Says once when they were replaced, or cannot be used.</param>
    /// <exception cref="PeerConfigException">A file cannot be read, or breaks a rule.</exception>
    public FollowedFiles(IReadOnlyList<string> paths, Func<IReadOnlyList<byte[]>, T> make, TimeProvider time, ILogger logger)
    {
        (_paths, _make, _time, _logger) = (paths, make, time, logger);
        _contents = Read();
        _current = make(_contents);
        _readAt = time.GetTimestamp();
    }

    /// <summary>What they give.</summary>
    public T Current
    {
        get
        {
            lock (_gate)
            {
                if (_time.GetElapsedTime(_readAt) >= Period)
                {
                    _readAt = _time.GetTimestamp();
                    ReadAgain();
                }

                return _current;
            }
        }
    }

    private void ReadAgain()
    {
        try
        {
            var contents = Read();
            if (contents.Zip(_contents).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)))
                return;
            _current = _make(contents);
            _contents = contents;
            _failure = null;
            LogReplaced(string.Join(", ", _paths));
        }
        catch (PeerConfigException e)
        {
            if (_failure != e.Message)
                LogFailed(e.Message);
            _failure = e.Message;
        }
    }

    private byte[][] Read() => [.. _paths.Select(ReadOnceMore)];

    // kubelet swaps a mounted Secret by a symbolic link: who opens a file in that moment finds nothing, and the new one on trying again.
    private static byte[] ReadOnceMore(string path)
    {
        try
        {
            try
            {
                return File.ReadAllBytes(path);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                return File.ReadAllBytes(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PeerConfigException($"the file {path} cannot be read: {e.Message}", e);
        }
    }

    [LoggerMessage(LogLevel.Information, "read again, because replaced: {Paths}")]
    private partial void LogReplaced(string paths);

    [LoggerMessage(LogLevel.Warning, "what was read before still counts: {Why}")]
    private partial void LogFailed(string why);
}
