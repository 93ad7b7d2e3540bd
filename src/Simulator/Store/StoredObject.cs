using System.Globalization;
using System.Text.Json.Nodes;

namespace CacheMachine.Simulator.Store;

/// <summary>One version of one object: its UTF-8 document, which every reader gets as it is, and what is looked up often.</summary>
internal sealed class StoredObject
{
    private StoredObject(ResourceType type, JsonObject document, long version)
    {
        var metadata = document.Map("metadata");
        Type = type;
        Version = version;
        Name = metadata.Text("name") ?? "";
        Namespace = type.Namespaced ? metadata.Text("namespace") ?? "" : "";
        Key = type.Key(Namespace, Name);
        Uid = metadata.Text("uid") ?? "";
        Labels = metadata.StringMap("labels");
        Owners = [.. metadata.Maps("ownerReferences").Select(OwnerReference.Read)];
        Deleting = metadata.Text("deletionTimestamp") is not null;
        NodeName = document.Text("spec", "nodeName") ?? "";
        Phase = document.Text("status", "phase") ?? "";
        Ready = document.Maps("status", "conditions").Any(c => c.Text("type") == "Ready" && c.Text("status") == "True");
        InvolvedName = type == ResourceType.Events ? document.Text("involvedObject", "name") ?? "" : "";
        Utf8 = Json.Serialize(document);
    }

    public ResourceType Type { get; }

    public long Version { get; }

    public string Key { get; }

    public string Name { get; }

    public string Namespace { get; }

    public string Uid { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    public IReadOnlyList<OwnerReference> Owners { get; }

    public bool Deleting { get; }

    public string NodeName { get; }

    public string Phase { get; }

    public string InvolvedName { get; }

    /// <summary>Whether the condition Ready is True (of nodes and pods).</summary>
    public bool Ready { get; }

    public byte[] Utf8 { get; }

    public OwnerReference? Controller => Owners.FirstOrDefault(owner => owner.Controller);

    /// <summary>Makes the version from a document, into which the version is written.</summary>
    public static StoredObject Write(ResourceType type, JsonObject document, long version)
    {
        document.Meta()["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
        return new StoredObject(type, document, version);
    }

    /// <summary>A fresh copy that the caller may change.</summary>
    public JsonObject Parse() => Json.Parse(Utf8);
}

internal sealed record OwnerReference(string ApiVersion, string Kind, string Name, string Uid, bool Controller, bool Blocks)
{
    public static OwnerReference Read(JsonObject reference) => new(
        reference.Text("apiVersion") ?? "",
        reference.Text("kind") ?? "",
        reference.Text("name") ?? "",
        reference.Text("uid") ?? "",
        reference.Flag("controller") ?? false,
        reference.Flag("blockOwnerDeletion") ?? false);
}
