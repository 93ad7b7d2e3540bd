using System.Collections.Concurrent;
using CacheMachine.Actors.RepoMen;

namespace CacheMachine.Actors.Tests.Doubles;

/// <summary>A registry of one repository that remembers which digests it was asked for.</summary>
internal sealed class RegistryDouble : IRegistry
{
    /// <summary>Digest by tag.</summary>
    public Dictionary<string, string> Tags { get; } = new(StringComparer.Ordinal);

    /// <summary>Tags that are listed, and then are not there.</summary>
    public HashSet<string> Vanishing { get; } = new(StringComparer.Ordinal);

    /// <summary>Every request fails with these words.</summary>
    public string? Failure { get; set; }

    /// <summary>Tags whose digest was asked for, since it was last cleared.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public Task<IReadOnlyList<string>> ListTagsAsync(string registry, string repository, CancellationToken cancellationToken) =>
        Failure is { } failure
            ? Task.FromException<IReadOnlyList<string>>(new PortException(failure))
            : Task.FromResult<IReadOnlyList<string>>([.. Tags.Keys.Concat(Vanishing)]);

    public Task<string?> GetDigestAsync(string registry, string repository, string tag, CancellationToken cancellationToken)
    {
        Asked.Enqueue(tag);
        return Failure is { } failure ? Task.FromException<string?>(new PortException(failure)) : Task.FromResult(Tags.GetValueOrDefault(tag));
    }

    public IReadOnlyList<string> TakeAsked()
    {
        var asked = Asked.ToList();
        Asked.Clear();
        return asked;
    }
}
