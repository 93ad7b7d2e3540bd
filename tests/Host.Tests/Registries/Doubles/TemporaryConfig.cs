namespace CacheMachine.Host.Tests.Registries.Doubles;

/// <summary>A <c>.dockerconfigjson</c> in a folder of its own.</summary>
internal sealed class TemporaryConfig : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cachemachine-");

    public TemporaryConfig(string? json = null)
    {
        if (json is not null) Write(json);
    }

    public string Path => System.IO.Path.Combine(_folder.FullName, ".dockerconfigjson");

    public string Folder => _folder.FullName;

    public static TemporaryConfig For(string host, string username, string password) =>
        new($$$"""{"auths":{"{{{host}}}":{"username":"{{{username}}}","password":"{{{password}}}"} } }""");

    public void Write(string json) => File.WriteAllText(Path, json);

    public void Dispose() => _folder.Delete(recursive: true);
}
