using System.Text;

namespace CacheMachine.Kubernetes.Json;

/// <summary>
/// Gives the same string for the same bytes, so that the name of an image that is on 5,000 nodes is held once
/// and not 5,000 times. Bounded: a slot holds the last string that hashed to it. Safe for many threads, because a
/// lost race only costs a second copy.
/// </summary>
internal sealed class StringPool
{
    /// <summary>Longer strings (bytes) are not pooled.</summary>
    public const int MaxLength = 512;

    private readonly string?[] _slots = new string?[1 << 15];

    /// <summary>Shared by all lists and watches of the process.</summary>
    public static StringPool Shared { get; } = new();

    /// <summary>The string of these UTF-8 bytes, which must be free of JSON escapes.</summary>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxLength)
            return Encoding.UTF8.GetString(utf8);
        ref var slot = ref _slots[Hash(utf8) & (_slots.Length - 1)];
        var known = Volatile.Read(ref slot);
        if (known is not null && Ascii.Equals(utf8, known))
            return known;
        var made = Encoding.UTF8.GetString(utf8);
        Volatile.Write(ref slot, made);
        return made;
    }

    private static int Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = default(HashCode);
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }
}
