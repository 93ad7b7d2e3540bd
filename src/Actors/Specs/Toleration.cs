using CacheMachine.Actors.Nodes;

namespace CacheMachine.Actors.Specs;

/// <summary>A toleration as in <c>v1.Toleration</c>.</summary>
/// <param name="Key">Empty with operator <c>Exists</c> tolerates every key.</param>
/// <param name="Operator"><c>Equal</c> or <c>Exists</c>.</param>
/// <param name="Value">Compared with operator <c>Equal</c>.</param>
/// <param name="Effect">Empty tolerates every effect.</param>
public sealed record Toleration(string Key, string Operator, string Value, string Effect)
{
    /// <summary>The rule of <c>v1.Toleration.ToleratesTaint</c>.</summary>
    public bool Tolerates(Taint taint) =>
        (Effect.Length == 0 || Effect == taint.Effect)
        && (Key.Length == 0 || Key == taint.Key)
        && (Operator == "Exists" || Value == taint.Value);
}
