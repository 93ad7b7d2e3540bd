using Akka.Configuration;
using CacheMachine.Actors.Journal;
using CacheMachine.Actors.Tests.Doubles;
using CacheMachine.Actors.Tests.Journal;
using CacheMachine.Actors.Wire;
using Xunit;

namespace CacheMachine.Actors.Tests.Wire.OnAkka;

/// <summary>What Akka.NET makes of the product's messages and events when it serializes each message, even between actors of one process.</summary>
public sealed class SerializerTests : IAsyncLifetime
{
    private readonly ActorSystem _system = ServiceSystem.Create(ConfigurationFactory.ParseString("akka.actor.serialize-messages = on"));

    public static TheoryData<string> Messages => [.. MessageCodec.KnownManifests];

    public static TheoryData<string> Events => [.. JournalCodec.WrittenManifests];

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _system.Terminate();

    [Theory]
    [MemberData(nameof(Messages))]
    public async Task Every_message_arrives_as_it_was_sent_and_is_another_object(string manifest)
    {
        var sent = Sent.Of(manifest);
        var arrived = await ArrivesAsync(sent);

        Assert.NotSame(sent, arrived);
        Assert.Equal(new MessageCodec().Serialize(sent).Bytes.ToArray(), new MessageCodec().Serialize(arrived).Bytes.ToArray());
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_has_the_identifier_the_manifest_and_the_bytes_of_the_codec(string manifest) =>
        IsWrittenAs(new MessageCodec().Serialize(Sent.Of(manifest)), Sent.Of(manifest));

    [Theory]
    [MemberData(nameof(Events))]
    public void An_event_has_the_identifier_the_manifest_and_the_bytes_of_the_codec(string manifest) =>
        IsWrittenAs(new JournalCodec().Serialize(Stored.Of(manifest)), Stored.Of(manifest));

    [Fact]
    public void What_has_no_codec_is_refused_and_does_not_become_JSON_with_type_names()
    {
        var unknown = new Unknown(1);
        var error = Assert.Throws<NotSupportedException>(() => _system.Serialization.FindSerializerFor(unknown).ToBinary(unknown));
        Assert.Contains(nameof(Unknown), error.Message, StringComparison.Ordinal);
    }

    private async Task<object> ArrivesAsync(object message)
    {
        var arrived = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = _system.ActorOf(Props.Create(() => new Receiver(arrived)));
        actor.Tell(message, ActorRefs.NoSender);
        return await arrived.Task.WaitAsync(MachineService.Patience);
    }

    private void IsWrittenAs(SerializedPayload expected, object payload)
    {
        var serializer = _system.Serialization.FindSerializerFor(payload);
        Assert.Equal(expected.Identifier, serializer.Identifier);
        Assert.Equal(expected.Manifest, Akka.Serialization.Serialization.ManifestFor(serializer, payload));
        Assert.Equal(expected.Bytes.ToArray(), serializer.ToBinary(payload));
        var read = _system.Serialization.Deserialize(serializer.ToBinary(payload), serializer.Identifier, expected.Manifest);
        Assert.Equal(expected.Bytes.ToArray(), serializer.ToBinary(read));
    }

    private sealed record Unknown(int Number);

    private sealed class Receiver : ReceiveActor
    {
        public Receiver(TaskCompletionSource<object> arrived) => ReceiveAny(arrived.SetResult);
    }
}
