using System.Text.Json.Serialization;
using CacheMachine.Kubernetes.Config;
using CacheMachine.Kubernetes.Errors;
using CacheMachine.Kubernetes.Resources;

namespace CacheMachine.Kubernetes.Json;

/// <summary>
/// Source-generated JSON of every model: camelCase, unknown fields ignored on reading, nulls not written.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(TimeConverter)])]
[JsonSerializable(typeof(Node))]
[JsonSerializable(typeof(Pod))]
[JsonSerializable(typeof(DaemonSet))]
[JsonSerializable(typeof(Event))]
[JsonSerializable(typeof(Lease))]
[JsonSerializable(typeof(WorkloadMetadata))]
[JsonSerializable(typeof(ServerVersion))]
[JsonSerializable(typeof(DeleteOptions))]
[JsonSerializable(typeof(DeletedBody))]
[JsonSerializable(typeof(ApiStatus))]
[JsonSerializable(typeof(ListMeta))]
[JsonSerializable(typeof(ExecCredential))]
internal sealed partial class KubernetesJsonContext : JsonSerializerContext;
