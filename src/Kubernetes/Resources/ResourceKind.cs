using System.Text.Json.Serialization.Metadata;

namespace CacheMachine.Kubernetes.Resources;

/// <summary>Where a kind lives in the API and how it is read and written. There is one static value per kind.</summary>
public sealed class ResourceKind<T>
    where T : class, IKubernetesObject
{
    internal ResourceKind(string group, string version, string plural, bool isNamespaced, JsonTypeInfo<T> json)
    {
        Group = group;
        Version = version;
        Plural = plural;
        IsNamespaced = isNamespaced;
        Json = json;
    }

    /// <summary>API group; empty for core.</summary>
    public string Group { get; }

    /// <summary>API version, for example <c>v1</c>.</summary>
    public string Version { get; }

    /// <summary>Lower-case plural, as in paths.</summary>
    public string Plural { get; }

    /// <summary>False for what belongs to the whole cluster.</summary>
    public bool IsNamespaced { get; }

    /// <summary>Plural and group, as RBAC rules and <c>kubectl</c> write it: <c>daemonsets.apps</c>.</summary>
    public string QualifiedName => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    internal JsonTypeInfo<T> Json { get; }

    /// <summary>Absolute path on the server, without the server's own base path. Namespace and name are escaped.</summary>
    internal string Path(string? ns, string? name)
    {
        var root = Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";
        var scope = ns is null ? "" : $"/namespaces/{Uri.EscapeDataString(ns)}";
        var leaf = name is null ? "" : $"/{Uri.EscapeDataString(name)}";
        return $"{root}{scope}/{Plural}{leaf}";
    }

    /// <inheritdoc/>
    public override string ToString() => QualifiedName;
}
