using System.Collections.Immutable;
using Akka.Serialization;

namespace CacheMachine.Actors.Serialization;

/// <summary>Which serializer is used for what: one for the journal, one for messages between replicas.</summary>
public static class Serializers
{
    /// <summary>Binds the product's types to their serializers; for <c>AkkaConfigurationBuilder.AddSetup</c>.</summary>
    public static SerializationSetup Setup { get; } = SerializationSetup.Create(system =>
    [
        SerializerDetails.Create("cachemachine-journal", new JournalSerializer(system), JournalSerializer.WrittenTypes.ToImmutableHashSet()),
        SerializerDetails.Create("cachemachine-messages", new MessageSerializer(system), MessageSerializer.KnownTypes.ToImmutableHashSet()),
    ]);
}
