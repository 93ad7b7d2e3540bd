namespace CacheMachine.Host.Peers;

/// <summary>The key that all replicas share, from a file with a line for each key, one or two.</summary>
public sealed class PeerKeys
{
    /// <summary>Bytes of a key, at least.</summary>
    public const int ShortestKey = 32;

    private readonly FollowedFiles<IReadOnlyList<byte[]>> _files;

    /// <summary>Reads the file for the first time.</summary>
    /// <param name="path">The file; read again when it changes.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Says when it was replaced.</param>
    /// <exception cref="PeerConfigException">The file cannot be read, or has no key, a short one, or more than two.</exception>
    public PeerKeys(string path, TimeProvider time, ILogger<PeerKeys> logger) =>
        _files = new FollowedFiles<IReadOnlyList<byte[]>>([path], contents => Parse(path, contents[0]), time, logger);

    /// <summary>The first signs, all of them verify.</summary>
    internal IReadOnlyList<byte[]> Current => _files.Current;

    private static List<byte[]> Parse(string path, byte[] content)
    {
        var keys = new List<byte[]>();
        foreach (var range in content.AsSpan().Split((byte)'\n'))
        {
            var line = content.AsSpan()[range].Trim(" \t\r"u8);
            if (!line.IsEmpty)
                keys.Add(line.ToArray());
        }

        if (keys.Count is 0 or > 2)
            throw new PeerConfigException($"the file {path} has {keys.Count} lines with a key, not one or two");
        if (keys.Any(key => key.Length < ShortestKey))
            throw new PeerConfigException($"the file {path} has a key of less than {ShortestKey} bytes");
        return keys;
    }
}
