namespace CacheMachine.Payloads;

/// <summary>
/// A stored payload names a kind or a version that the serializer does not know: it was written by a newer release or another program. Recovery stops on
/// it, because a state computed without that event would be wrong.
/// </summary>
public sealed class UnknownManifestException : Exception
{
    /// <summary>The payload that could not be read.</summary>
    /// <param name="identifier">The serializer's identifier that is stored with it.</param>
    /// <param name="manifest">The manifest that is stored with it.</param>
    public UnknownManifestException(int identifier, string manifest)
        : base($"deserialize a stored payload: the manifest '{manifest}' of serializer {identifier} is unknown to this release")
    {
        Identifier = identifier;
        Manifest = manifest;
    }

    /// <summary>The serializer's identifier that is stored with the payload.</summary>
    public int Identifier { get; }

    /// <summary>The manifest that is stored with the payload.</summary>
    public string Manifest { get; }
}
