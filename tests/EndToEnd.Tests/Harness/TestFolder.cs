namespace CacheMachine.EndToEnd.Tests.Harness;

/// <summary>A folder that is there as long as a test runs.</summary>
internal sealed class TestFolder : IDisposable
{
    /// <summary>Where it is.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("cachemachine-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
