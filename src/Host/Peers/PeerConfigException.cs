namespace CacheMachine.Host.Peers;

/// <summary>How to talk to other replicas is not known: a key or a certificate cannot be read.</summary>
/// <param name="message">The setting, the file and the rule; never what is in the file.</param>
/// <param name="innerException">What it came from.</param>
public sealed class PeerConfigException(string message, Exception? innerException = null) : Exception(message, innerException);
