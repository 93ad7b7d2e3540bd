namespace CacheMachine.Host.Settings;

/// <summary>A setting that cannot be used.</summary>
/// <param name="Key">As in reference.conf, dotted: <c>cachemachine.http.port</c>.</param>
/// <param name="Value">As configured; null when it is missing.</param>
/// <param name="Rule">What the value must be.</param>
/// <param name="Origin">Where the value is from: FILE:LINE, a variable or a flag; null for a default.</param>
public sealed record SettingsFault(string Key, string? Value, string Rule, string? Origin = null)
{
    /// <summary>One line for people.</summary>
    public override string ToString() =>
        (Origin is null ? "" : $"{Origin}: ") + (Value is null ? $"{Key} has no value: {Rule}" : $"{Key} = \"{Value}\": {Rule}");
}
