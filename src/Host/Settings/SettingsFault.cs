namespace CacheMachine.Host.Settings;

/// <summary>A setting that cannot be used.</summary>
/// <param name="Key">As in reference.conf, dotted: <c>cachemachine.http.port</c>.</param>
/// <param name="Value">As configured; null when it is missing.</param>
/// <param name="Rule">What the value must be.</param>
public sealed record SettingsFault(string Key, string? Value, string Rule)
{
    /// <summary>One line for people.</summary>
    public override string ToString() => Value is null ? $"{Key} has no value: {Rule}" : $"{Key} = \"{Value}\": {Rule}";
}
