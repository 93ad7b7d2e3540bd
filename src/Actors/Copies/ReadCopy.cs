namespace CacheMachine.Actors.Copies;

/// <summary>
/// What an actor last answered, for those who cannot ask it. It is the value of a replicated register, which sends this type by its full name: during a
/// rolling upgrade a release that calls it otherwise is not understood.
/// </summary>
/// <param name="At">When the actor said so, by the clock of its replica.</param>
/// <param name="Serializer">Identifier of the serializer of <paramref name="Content"/>.</param>
/// <param name="Manifest">What <paramref name="Content"/> is; empty where there is nothing any more.</param>
/// <param name="Content">The answer, compressed with Brotli; empty where there is nothing any more.</param>
/// <param name="IsShort">Details are left out, because the whole would not fit into a message between replicas.</param>
public sealed record ReadCopy(DateTimeOffset At, int Serializer, string Manifest, byte[] Content, bool IsShort = false)
{
    /// <summary>What was there is gone. (A key of distributed data that is deleted can never be used again.)</summary>
    public static ReadCopy Gone(DateTimeOffset at) => new(at, 0, "", []);

    /// <summary>What was there is gone.</summary>
    public bool IsGone => Content.Length == 0;

    /// <summary>The same, whenever it was said.</summary>
    public bool SaysTheSameAs(ReadCopy other) =>
        Serializer == other.Serializer && Manifest == other.Manifest && IsShort == other.IsShort && Content.AsSpan().SequenceEqual(other.Content);
}
