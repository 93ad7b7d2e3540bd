using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace CacheMachine.Runtime.Sharding;

/// <summary>MurmurHash3, x86, 32 bits, seed 0, of the UTF-8 bytes (Austin Appleby, public domain): the same number in every process, on every machine, in every release.</summary>
internal static class StableHash
{
    /// <summary>The hash of a string.</summary>
    public static uint Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    private static uint Of(ReadOnlySpan<byte> data)
    {
        const uint C1 = 0xcc9e2d51, C2 = 0x1b873593;
        var hash = 0u;
        var rest = data;
        for (; rest.Length >= 4; rest = rest[4..])
        {
            hash ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt32LittleEndian(rest) * C1, 15) * C2;
            hash = BitOperations.RotateLeft(hash, 13) * 5 + 0xe6546b64;
        }
        var tail = 0u;
        for (var i = rest.Length - 1; i >= 0; i--)
            tail = (tail << 8) | rest[i];
        if (rest.Length > 0)
            hash ^= BitOperations.RotateLeft(tail * C1, 15) * C2;

        hash ^= (uint)data.Length;
        hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
        hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
        return hash ^ (hash >> 16);
    }
}
