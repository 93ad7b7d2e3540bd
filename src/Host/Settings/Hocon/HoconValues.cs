namespace CacheMachine.Host.Settings.Hocon;

/// <summary>A value of which the outermost level is known; what is inside an object is evaluated when somebody asks for it.</summary>
internal abstract record HoconValue(HoconLocation Location);

/// <summary>A string, number, boolean or null.</summary>
internal sealed record HoconScalar(HoconLocation Location, string Text, bool IsNull) : HoconValue(Location);

/// <summary>An array with all its elements.</summary>
internal sealed record HoconArray(HoconLocation Location, IReadOnlyList<HoconValue> Elements) : HoconValue(Location);

/// <summary>An object with unevaluated fields.</summary>
/// <param name="Location">Where it begins.</param>
/// <param name="Fields">In order of first assignment.</param>
/// <param name="Borrowed">It stands elsewhere and came here by a substitution, so its fields keep the meaning that they have there.</param>
internal sealed record HoconObject(HoconLocation Location, OrderedDictionary<string, HoconField> Fields, bool Borrowed = false)
    : HoconValue(Location);

/// <summary>One of the values assigned to a field: an expression, or the whole value of a field elsewhere.</summary>
internal readonly record struct HoconLayer(HoconNode? Expression, HoconField? Elsewhere);

/// <summary>A field with all values ever assigned to it, oldest first.</summary>
internal sealed class HoconField(string[] path, IReadOnlyList<HoconLayer> layers)
{
    private readonly (State State, HoconValue? Value)[] known = new (State, HoconValue?)[layers.Count];

    private enum State
    {
        Unknown,
        Running,
        Done,
    }

    /// <summary>Absolute; <see cref="HoconPath.Unreachable"/> stands for an element of an array.</summary>
    public string[] Path { get; } = path;

    public IReadOnlyList<HoconLayer> Layers { get; } = layers;

    /// <summary>
    /// The value after the first <paramref name="count"/> assignments, null when there is none. <paramref name="evaluate"/> runs once for each
    /// count; <paramref name="circle"/> makes the error for a value that needs itself.
    /// </summary>
    public HoconValue? After(int count, Func<HoconField, int, HoconValue?> evaluate, Func<HoconField, HoconException> circle)
    {
        if (count == 0)
            return null;
        ref var slot = ref known[count - 1];
        if (slot.State == State.Running)
            throw circle(this);
        if (slot.State == State.Unknown)
        {
            slot.State = State.Running;
            slot = (State.Done, evaluate(this, count - 1));
        }
        return slot.Value;
    }
}
