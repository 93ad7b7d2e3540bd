using System.Collections.Immutable;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Serialization;
using CacheMachine.Actors.Journal;
using CacheMachine.Actors.Wire;

namespace CacheMachine.Host.Configuration.OnAkka;

/// <summary>Which serializer Akka.NET uses for what: the product's codecs for the product's types.</summary>
internal static class Codecs
{
    /// <summary>For an actor system.</summary>
    public static Setup Setup { get; } = SerializationSetup.Create(system =>
    [
        Details("cachemachine-journal", new CodecSerializer(system, JournalCodec.Identifier, new JournalCodec()), JournalCodec.WrittenTypes),
        Details("cachemachine-messages", new CodecSerializer(system, MessageCodec.Identifier, new MessageCodec()), MessageCodec.KnownTypes),
    ]);

    /// <summary>
    /// No default: Akka.NET's own would write any object as JSON with .NET type names in it: a message would travel whose shape nothing holds, and what
    /// arrives would name the types to be made of it.
    /// </summary>
    public static Config NoOthers { get; } = ConfigurationFactory.ParseString($$"""
        akka.actor {
          serializers.cachemachine-refused = "{{typeof(RefusingSerializer).AssemblyQualifiedName}}"
          serialization-bindings."System.Object" = cachemachine-refused
        }
        """);

    private static SerializerDetails Details(string name, Serializer serializer, IEnumerable<Type> types) =>
        SerializerDetails.Create(name, serializer, types.ToImmutableHashSet());

    /// <summary>For what has no codec. Made by Akka.NET, by its name in the configuration.</summary>
    internal sealed class RefusingSerializer(ExtendedActorSystem system) : Serializer(system)
    {
        public override int Identifier => 3115;

        public override bool IncludeManifest => false;

        public override byte[] ToBinary(object obj) => throw new NotSupportedException($"{obj.GetType()} has no serializer, so it can neither be stored nor sent to another replica");

        public override object FromBinary(byte[] bytes, Type type) => throw new NotSupportedException("nothing is written by this serializer, so there is nothing to read");
    }
}
