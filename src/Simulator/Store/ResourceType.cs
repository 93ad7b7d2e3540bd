using System.Collections.Frozen;

namespace CacheMachine.Simulator.Store;

/// <summary>One kind of object that the simulated API server stores, with the names a client uses for it.</summary>
internal sealed record ResourceType(string Group, string Version, string Plural, string Kind, bool Namespaced, bool HasStatus = false)
{
    public static readonly ResourceType Nodes = new("", "v1", "nodes", "Node", Namespaced: false, HasStatus: true);
    public static readonly ResourceType Namespaces = new("", "v1", "namespaces", "Namespace", Namespaced: false, HasStatus: true);
    public static readonly ResourceType Pods = new("", "v1", "pods", "Pod", Namespaced: true, HasStatus: true);
    public static readonly ResourceType Events = new("", "v1", "events", "Event", Namespaced: true);
    public static readonly ResourceType Secrets = new("", "v1", "secrets", "Secret", Namespaced: true);
    public static readonly ResourceType ConfigMaps = new("", "v1", "configmaps", "ConfigMap", Namespaced: true);
    public static readonly ResourceType ServiceAccounts = new("", "v1", "serviceaccounts", "ServiceAccount", Namespaced: true);
    public static readonly ResourceType DaemonSets = new("apps", "v1", "daemonsets", "DaemonSet", Namespaced: true, HasStatus: true);
    public static readonly ResourceType Deployments = new("apps", "v1", "deployments", "Deployment", Namespaced: true, HasStatus: true);
    public static readonly ResourceType StatefulSets = new("apps", "v1", "statefulsets", "StatefulSet", Namespaced: true, HasStatus: true);
    public static readonly ResourceType ReplicaSets = new("apps", "v1", "replicasets", "ReplicaSet", Namespaced: true, HasStatus: true);
    public static readonly ResourceType Leases = new("coordination.k8s.io", "v1", "leases", "Lease", Namespaced: true);

    public static readonly IReadOnlyList<ResourceType> All =
    [
        Nodes, Namespaces, Pods, Events, Secrets, ConfigMaps, ServiceAccounts, DaemonSets, Deployments, StatefulSets, ReplicaSets, Leases,
    ];

    private static readonly FrozenDictionary<(string, string, string), ResourceType> ByPath =
        All.ToFrozenDictionary(t => (t.Group, t.Version, t.Plural));

    private static readonly FrozenDictionary<(string, string), ResourceType> ByKind =
        All.ToFrozenDictionary(t => (t.ApiVersion, t.Kind));

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>As the server's messages name the resource: <c>daemonsets.apps</c>, <c>pods</c>.</summary>
    public string QualifiedPlural => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>As messages of validation name the kind: <c>DaemonSet.apps</c>, <c>Pod</c>.</summary>
    public string QualifiedKind => Group.Length == 0 ? Kind : $"{Kind}.{Group}";

    public static ResourceType? Find(string group, string version, string plural) => ByPath.GetValueOrDefault((group, version, plural));

    public static ResourceType? FindKind(string apiVersion, string kind) => ByKind.GetValueOrDefault((apiVersion, kind));

    /// <summary>The store's key, which is also the order of lists: <c>namespace/name</c>, or <c>name</c> for cluster-wide objects.</summary>
    public string Key(string ns, string name) => Namespaced ? $"{ns}/{name}" : name;
}
