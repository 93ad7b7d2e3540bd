using System.Text.Json.Serialization;
using CacheMachine.Actors.Copies;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Machines.Status;
using CacheMachine.Actors.Supervisor;

namespace CacheMachine.Actors.Serialization;

/// <summary>
/// JSON of everything that travels between replicas. Fields that a release does not know are skipped; one without a default must be there, also as
/// null. Golden files hold the shapes.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(CreateMachine))]
[JsonSerializable(typeof(RemoveMachine))]
[JsonSerializable(typeof(ListMachines))]
[JsonSerializable(typeof(MachineNames))]
[JsonSerializable(typeof(ConfigureMachine))]
[JsonSerializable(typeof(DeleteMachine))]
[JsonSerializable(typeof(GetMachine))]
[JsonSerializable(typeof(GetMachineImages))]
[JsonSerializable(typeof(MachineStatus))]
[JsonSerializable(typeof(MachineImages))]
[JsonSerializable(typeof(MachineNotFound))]
[JsonSerializable(typeof(TooManyMachines))]
[JsonSerializable(typeof(MachineGone))]
[JsonSerializable(typeof(NotSeenYet))]
[JsonSerializable(typeof(NotStored))]
[JsonSerializable(typeof(ReadCopy))]
internal sealed partial class MessageJson : JsonSerializerContext;
