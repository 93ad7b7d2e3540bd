namespace CacheMachine.Runtime.TestKit;

/// <summary>An expectation of the test kit was not met. Stands for <c>Xunit.Sdk.XunitException</c>, which Akka.TestKit.Xunit2 throws.</summary>
public sealed class AssertionException : Exception
{
    internal AssertionException(string message, Exception? cause = null) : base(message, cause)
    {
    }
}
