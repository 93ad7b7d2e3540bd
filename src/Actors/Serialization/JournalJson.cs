using System.Text.Json.Serialization;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Specs;
using CacheMachine.Actors.Supervisor;

namespace CacheMachine.Actors.Serialization;

/// <summary>JSON of everything that is stored. Its shape is for ever: golden files hold it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(MachineConfigured))]
[JsonSerializable(typeof(MachineDeleted))]
[JsonSerializable(typeof(RepoListChanged))]
[JsonSerializable(typeof(PullStarted))]
[JsonSerializable(typeof(PullWidened))]
[JsonSerializable(typeof(PullEnded))]
[JsonSerializable(typeof(EvidenceEnded))]
[JsonSerializable(typeof(MachineRecord))]
[JsonSerializable(typeof(MachineCreated))]
[JsonSerializable(typeof(MachineRemoving))]
[JsonSerializable(typeof(MachineRemoved))]
[JsonSerializable(typeof(MachineRegister))]
[JsonSerializable(typeof(MachineSpec))]
[JsonSerializable(typeof(RepoManSpec))]
internal sealed partial class JournalJson : JsonSerializerContext;
