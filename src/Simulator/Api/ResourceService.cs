using System.Text.Json.Nodes;
using CacheMachine.Simulator.Store;

namespace CacheMachine.Simulator.Api;

/// <summary>What the body and the query of a DELETE may ask for.</summary>
internal sealed record DeleteOptions(string? Propagation = null, long? GraceSeconds = null, string? Uid = null, string? ResourceVersion = null);

/// <summary>
/// The rules between the wire and the store: defaults, validation, metadata, optimistic concurrency, graceful deletion. The simulator's own
/// controllers write through it as well.
/// </summary>
internal sealed class ResourceService(ObjectStore store, Names names, TimeProvider time, KubernetesRelease release)
{
    public const string Orphan = "orphan";
    public const string Foreground = "foregroundDeletion";

    public ObjectStore Store => store;

    public Names Names => names;

    public TimeProvider Time => time;

    public KubernetesRelease Release => release;

    public string Now => Json.Time(time.GetUtcNow());

    public StoredObject Create(ResourceType type, string ns, JsonObject document)
    {
        var metadata = document.Meta();
        if (type.Namespaced)
        {
            if (metadata.Text("namespace") is { Length: > 0 } other && other != ns)
            {
                throw ApiErrors.BadRequest(
                    $"the namespace of the provided object does not match the namespace sent on the request");
            }

            metadata["namespace"] = ns;
        }
        else
        {
            metadata.Remove("namespace");
        }

        if (metadata.Text("resourceVersion") is { Length: > 0 })
            throw ApiErrors.Make(500, "", "resourceVersion should not be set on objects to be created", null);
        if (string.IsNullOrEmpty(metadata.Text("name")) && metadata.Text("generateName") is { Length: > 0 } prefix)
            metadata["name"] = prefix + names.Suffix();
        metadata["uid"] = names.Uid();
        metadata["creationTimestamp"] = Now;
        foreach (var field in (ReadOnlySpan<string>)["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"])
            metadata.Remove(field);
        if (document.ContainsKey("spec") && type != ResourceType.Nodes && type != ResourceType.Pods && type.HasStatus)
            metadata["generation"] = 1;
        if (type.HasStatus && type != ResourceType.Nodes)
            document.Remove("status");
        Defaults.Apply(type, document);
        if (type == ResourceType.DaemonSets)
            Defaults.CountTemplate(document, null);
        Validation.Check(release, type, document, null);
        if (type.Namespaced && store.Get(ResourceType.Namespaces, "", ns) is null)
            throw ApiErrors.NotFound(ResourceType.Namespaces, ns);
        return store.Create(type, document);
    }

    /// <summary>Replaces the object, or only its status, by what <paramref name="edit"/> makes of the current one.</summary>
    public StoredObject Update(ResourceType type, string ns, string name, bool statusOnly, Func<JsonObject, JsonObject> edit) =>
        store.Update(type, ns, name, (document, current) =>
        {
            var old = current.Parse();
            var wanted = edit(current.Parse());
            CheckIdentity(type, ns, name, wanted, current);
            if (statusOnly)
            {
                Replace(document, "status", wanted["status"]);
                return;
            }

            KeepMetadata(wanted.Meta(), old.Meta());
            if (type.HasStatus)
                Replace(wanted, "status", old["status"]);
            Defaults.Apply(type, wanted);
            Validation.Check(release, type, wanted, old);
            if (old.Number("metadata", "generation") is { } generation && !JsonNode.DeepEquals(old["spec"], wanted["spec"]))
                wanted.Meta()["generation"] = generation + 1;
            if (type == ResourceType.DaemonSets)
                Defaults.CountTemplate(wanted, old);
            document.Clear();
            foreach (var (field, value) in wanted.ToList())
            {
                wanted.Remove(field);
                document[field] = value;
            }
        });

    /// <summary>Deletes, or marks as to be deleted what finalizers or a grace period still hold.</summary>
    /// <returns>The object's last state, and whether it is gone already.</returns>
    public (StoredObject Object, bool Gone) Delete(ResourceType type, string ns, string name, DeleteOptions options)
    {
        var gone = false;
        var last = store.Update(type, ns, name, (document, current) =>
        {
            CheckPreconditions(type, name, options, current);
            var metadata = document.Meta();
            var finalizers = metadata.Texts("finalizers").ToHashSet();
            if (options.Propagation is { } propagation)
            {
                finalizers.ExceptWith([Orphan, Foreground]);
                if (propagation == "Orphan")
                    finalizers.Add(Orphan);
                else if (propagation == "Foreground")
                    finalizers.Add(Foreground);
            }

            if (finalizers.Count > 0)
                metadata["finalizers"] = Json.ToList(finalizers);
            else
                metadata.Remove("finalizers");
            var grace = type == ResourceType.Pods ? PodGrace(document, options) : 0;
            if (metadata.Number("deletionGracePeriodSeconds") is { } earlier)
                grace = Math.Min(grace, earlier);
            if (!current.Deleting && metadata.Number("generation") is { } generation)
                metadata["generation"] = generation + 1;
            if (!current.Deleting || grace != metadata.Number("deletionGracePeriodSeconds"))
                metadata["deletionTimestamp"] = Json.Time(time.GetUtcNow().AddSeconds(grace));
            metadata["deletionGracePeriodSeconds"] = grace;
            gone = finalizers.Count == 0 && grace == 0;
        });
        return (last, gone);
    }

    private static long PodGrace(JsonObject pod, DeleteOptions options)
    {
        if (string.IsNullOrEmpty(pod.Text("spec", "nodeName")) || pod.Text("status", "phase") is "Succeeded" or "Failed")
            return 0;
        return Math.Max(0, options.GraceSeconds ?? pod.Number("spec", "terminationGracePeriodSeconds") ?? 30);
    }

    private static void CheckPreconditions(ResourceType type, string name, DeleteOptions options, StoredObject current)
    {
        if (options.Uid is { Length: > 0 } uid && uid != current.Uid)
        {
            throw ApiErrors.FailedPrecondition(
                type,
                name,
                $"the UID in the precondition ({uid}) does not match the UID in record ({current.Uid}). The object might have been deleted and then recreated");
        }

        if (options.ResourceVersion is { Length: > 0 } version && version != $"{current.Version}")
        {
            throw ApiErrors.FailedPrecondition(
                type,
                name,
                $"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record ({current.Version}). The object might have been modified");
        }
    }

    private static void CheckIdentity(ResourceType type, string ns, string name, JsonObject wanted, StoredObject current)
    {
        var metadata = wanted.Meta();
        if (metadata.Text("name") != name)
        {
            throw ApiErrors.BadRequest(
                $"the name of the object ({metadata.Text("name")}) does not match the name on the URL ({name})");
        }

        if (type.Namespaced && metadata.Text("namespace") is { Length: > 0 } other && other != ns)
        {
            throw ApiErrors.BadRequest(
                $"the namespace of the object ({other}) does not match the namespace on the URL ({ns})");
        }

        if (metadata.Text("uid") is { Length: > 0 } uid && uid != current.Uid)
        {
            throw ApiErrors.Conflict(
                type, name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Uid}");
        }

        if (metadata.Text("resourceVersion") is { Length: > 0 } version)
        {
            if (version != $"{current.Version}")
                throw ApiErrors.Modified(type, name);
        }
        else if (type == ResourceType.Leases)
        {
            throw ApiErrors.Invalid(type, name, [Cause.Invalid("metadata.resourceVersion", "0x0", "must be specified for an update")]);
        }
    }

    private static void KeepMetadata(JsonObject wanted, JsonObject old)
    {
        foreach (var field in (ReadOnlySpan<string>)
            ["namespace", "uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "generateName"])
        {
            Replace(wanted, field, old[field]);
        }
    }

    private static void Replace(JsonObject map, string field, JsonNode? value)
    {
        if (value is null)
            map.Remove(field);
        else
            map[field] = value.DeepClone();
    }
}
