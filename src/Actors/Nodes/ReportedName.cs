using CacheMachine.Actors.Images;

namespace CacheMachine.Actors.Nodes;

/// <summary>
/// A name of an image in a node's report. The same images are on thousands of nodes, so what has been read of a name is kept and shared. Bounded: a slot
/// keeps the last name that hashed to it. Safe for many threads, because a lost race only costs a second copy.
/// </summary>
internal sealed class ReportedName
{
    private static readonly ReportedName?[] Slots = new ReportedName?[1 << 14];

    private readonly string _text;

    private ReportedName(string text)
    {
        _text = text;
        if (text.Contains("<none>", StringComparison.Ordinal) || !ImageReference.TryParse(text, out var reference, out _))
            return;
        Name = reference.Name;
        Digest = reference.Digest;
        Lookup = Digest is null ? $"{Name}:{reference.Tag}" : $"{Name}@{Digest}";
    }

    /// <summary>Normalised, without tag and digest.</summary>
    public string Name { get; } = "";

    /// <summary>Null where it has a tag instead.</summary>
    public string? Digest { get; }

    /// <summary><c>name:tag</c> or <c>name@digest</c>; null for what is no name, as <c>&lt;none&gt;</c>.</summary>
    public string? Lookup { get; }

    /// <summary>What a report says.</summary>
    public static ReportedName Of(string text)
    {
        ref var slot = ref Slots[(uint)text.GetHashCode(StringComparison.Ordinal) % Slots.Length];
        if (Volatile.Read(ref slot) is { } known && known._text == text)
            return known;
        var read = new ReportedName(text);
        Volatile.Write(ref slot, read);
        return read;
    }
}
