using System.Runtime.Serialization;
using Akka.Hosting;
using CacheMachine.Actors.Serialization;
using CacheMachine.Actors.Tests.Doubles;
using CacheMachine.Actors.Tests.Serialization.Journal;
using CacheMachine.Actors.Tests.Serialization.Messages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace CacheMachine.Actors.Tests.Serialization;

/// <summary>What Akka.NET makes of the product's messages and events when it serializes each message, even between actors of one process.</summary>
public sealed class BindingTests : IAsyncLifetime
{
    private readonly IHost _host = ServiceSystem.Start(akka => akka.AddHocon("akka.actor.serialize-messages = on", HoconAddMode.Prepend));

    private ActorSystem Actors => _host.Services.GetRequiredService<ActorSystem>();

    public static TheoryData<string> Messages => [.. MessageSerializer.KnownManifests];

    public static TheoryData<string> Events => [.. JournalSerializer.WrittenManifests];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public async Task Every_message_arrives_as_it_was_sent_and_is_another_object(string manifest)
    {
        var sent = Sent.Of(manifest);
        var arrived = await ArrivesAsync(sent);

        Assert.NotSame(sent, arrived);
        Assert.Equal(new MessageSerializer(null).ToBinary(sent), new MessageSerializer(null).ToBinary(arrived));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_is_bound_to_the_serializer_of_messages(string manifest) =>
        Assert.IsType<MessageSerializer>(Actors.Serialization.FindSerializerFor(Sent.Of(manifest)));

    [Theory]
    [MemberData(nameof(Events))]
    public void An_event_is_bound_to_the_serializer_of_the_journal(string manifest) =>
        Assert.IsType<JournalSerializer>(Actors.Serialization.FindSerializerFor(Stored.Of(manifest)));

    [Fact]
    public void What_has_no_codec_is_refused_and_does_not_become_JSON_with_type_names()
    {
        var unknown = new Unknown(1);
        var error = Assert.Throws<SerializationException>(() => Actors.Serialization.FindSerializerFor(unknown).ToBinary(unknown));
        Assert.Contains(nameof(Unknown), error.Message, StringComparison.Ordinal);
    }

    private async Task<object> ArrivesAsync(object message)
    {
        var arrived = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = Actors.ActorOf(Props.Create(() => new Receiver(arrived)));
        actor.Tell(message, ActorRefs.NoSender);
        return await arrived.Task.WaitAsync(MachineService.Patience);
    }

    private sealed record Unknown(int Number);

    private sealed class Receiver : ReceiveActor
    {
        public Receiver(TaskCompletionSource<object> arrived) => ReceiveAny(arrived.SetResult);
    }
}
