namespace CacheMachine.Host.Registries.Auth;

/// <summary>A token of a token server.</summary>
/// <param name="Value">Goes into the Authorization header.</param>
/// <param name="UsableUntil">Shortly before it expires, so that it does not expire on its way.</param>
internal sealed record BearerToken(string Value, DateTimeOffset UsableUntil)
{
    /// <summary>Never the secret.</summary>
    public override string ToString() => nameof(BearerToken);
}
