using System.Text.Json.Serialization;

namespace CacheMachine.Host.Kubernetes.Watching;

/// <summary>How watched objects are read: camelCase, unknown fields passed over.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Page<WatchedNode>))]
[JsonSerializable(typeof(Page<WatchedPod>))]
[JsonSerializable(typeof(Page<WatchedDaemonSet>))]
[JsonSerializable(typeof(WatchedNode))]
[JsonSerializable(typeof(WatchedPod))]
[JsonSerializable(typeof(WatchedDaemonSet))]
internal sealed partial class WatchedJson : JsonSerializerContext;
