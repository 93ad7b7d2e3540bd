namespace CacheMachine.Host.Peers;

/// <summary>How long a <see cref="PeerClient"/> waits.</summary>
public sealed record PeerTimes
{
    /// <summary>For a connection, TLS included.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Until the other replica has taken a message, the connection included.</summary>
    public TimeSpan Taken { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>For the entity's answer, after that.</summary>
    public TimeSpan Reply { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A connection on which nothing arrives for this long is asked for a sign of life; at least a second.</summary>
    public TimeSpan Ping { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>For that sign; without it the connection is given up. At least a second.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(2);
}
