using System.Text.Json.Serialization;
using CacheMachine.Kubernetes.Json;

namespace CacheMachine.Kubernetes.Resources;

/// <summary>
/// core/v1 Event, as <c>kubectl describe</c> shows it. Its namespace must be that of the involved object, and <c>default</c>
/// for objects of the whole cluster. To aggregate a repetition, patch <paramref name="Count"/> and <paramref name="LastTimestamp"/>
/// of the first one instead of making another.
/// </summary>
/// <param name="Metadata">Name or generateName, and namespace.</param>
/// <param name="InvolvedObject">What it is about.</param>
/// <param name="Reason">One word in CamelCase, at most 128 characters.</param>
/// <param name="Message">For people, at most 1,024 characters.</param>
/// <param name="Type"><c>Normal</c> or <c>Warning</c>.</param>
/// <param name="Source">Shown as the sender.</param>
/// <param name="FirstTimestamp">Whole seconds.</param>
/// <param name="LastTimestamp">Whole seconds; <c>kubectl</c> sorts by it.</param>
/// <param name="Count">How often it happened between the two.</param>
/// <param name="ReportingComponent">Controller name, for example <c>cachemachine</c>.</param>
/// <param name="ReportingInstance">The replica that reports.</param>
public sealed record Event(
    ObjectMeta Metadata,
    ObjectReference InvolvedObject,
    string? Reason = null,
    string? Message = null,
    string? Type = null,
    EventSource? Source = null,
    DateTimeOffset? FirstTimestamp = null,
    DateTimeOffset? LastTimestamp = null,
    int? Count = null,
    string? ReportingComponent = null,
    string? ReportingInstance = null) : IKubernetesObject, ITypeMeta
{
    /// <summary><c>/api/v1/namespaces/NS/events</c>.</summary>
    public static ResourceKind<Event> Resource { get; } = new("", "v1", "events", true, KubernetesJsonContext.Default.Event);

    /// <summary><c>v1</c>.</summary>
    [JsonPropertyOrder(-2)]
    public string ApiVersion => "v1";

    /// <summary><c>Event</c>.</summary>
    [JsonPropertyOrder(-1)]
    public string Kind => "Event";
}

/// <summary>core/v1 ObjectReference.</summary>
/// <param name="ApiVersion">Group and version.</param>
/// <param name="Kind">For example <c>DaemonSet</c>.</param>
/// <param name="Name">The object's name.</param>
/// <param name="Namespace">Null for objects of the whole cluster.</param>
/// <param name="Uid"><c>kubectl describe</c> finds events by it.</param>
/// <param name="ResourceVersion">The version that the event speaks of.</param>
/// <param name="FieldPath">A part of the object, for example a container.</param>
public sealed record ObjectReference(
    string? ApiVersion = null,
    string? Kind = null,
    string? Name = null,
    string? Namespace = null,
    string? Uid = null,
    string? ResourceVersion = null,
    string? FieldPath = null);

/// <summary>core/v1 EventSource.</summary>
/// <param name="Component">Controller name.</param>
/// <param name="Host">Node name, where the sender belongs to one.</param>
public sealed record EventSource(string? Component = null, string? Host = null);
