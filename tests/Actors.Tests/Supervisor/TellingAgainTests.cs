using Akka.TestKit;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Actors.Tests.Doubles;
using CacheMachine.TestKit;
using Xunit;

namespace CacheMachine.Actors.Tests.Supervisor;

/// <summary>What the supervisor tells the machines when nobody asks it anything.</summary>
public sealed class TellingAgainTests : ActorTest
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(300);

    private readonly TestProbe _machines;
    private readonly IActorRef _supervisor;

    public TellingAgainTests()
    {
        _machines = CreateTestProbe();
        var settings = new SupervisorSettings { MostMachines = 1100 };
        _supervisor = Sys.ActorOf(Props.Create(() => new MachineSupervisorActor(
            _machines.Ref, ActorRefs.Nobody, new ClusterDouble(), ActorRefs.Nobody, new JournalTroubles(Time), settings)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void Every_machine_is_told_its_spec_once_in_three_seconds_and_not_all_at_one_time(int machines)
    {
        Create(machines);
        for (var round = 0; round < 3; round++)
        {
            var told = Enumerable.Range(0, 10).Select(_ => Advance(Turn)).ToList();
            Assert.Equal(Enumerable.Range(0, machines).Select(Name), told.SelectMany(turn => turn.Select(order => order.Machine)).Order(StringComparer.Ordinal));
            Assert.All(told, turn => Assert.InRange(turn.Count, 0, Math.Max(1, machines / 10)));
            Assert.All(told.SelectMany(turn => turn), order => Assert.False(order.WantsAnswer));
        }
    }

    [Fact]
    public void Thousands_are_told_as_fast_as_fifty_at_one_time_allow()
    {
        Create(1100);
        var told = Enumerable.Range(0, 22).Select(_ => Advance(Turn)).ToList();
        Assert.All(told, turn => Assert.Equal(50, turn.Count));
        Assert.Equal(1100, told.SelectMany(turn => turn.Select(order => order.Machine)).Distinct().Count());
    }

    [Fact]
    public void A_machine_that_is_to_go_is_told_until_it_is_gone()
    {
        Create(1);
        _supervisor.Tell(new RemoveMachine(Name(0)), TestActor);
        var order = _machines.ExpectMsg<DeleteMachine>();
        Time.Advance(Turn * 10);
        Assert.Equal(order, _machines.ExpectMsg<DeleteMachine>());

        _machines.Send(_supervisor, new MachineGone(order.Machine, order.Generation));
        ExpectMsg<MachineGone>();
        Time.Advance(Turn * 20);
        ComeToRest();
        Assert.False(_machines.HasMessages);
    }

    [Fact]
    public void When_all_machines_are_to_go_each_is_told_until_it_is_gone()
    {
        Create(40);
        Advance(Turn);
        for (var i = 0; i < 40; i++)
            _supervisor.Tell(new RemoveMachine(Name(i)), TestActor);
        ComeToRest();
        ToldToGo();

        Time.Advance(Turn * 20);
        ComeToRest();
        Assert.Equal(40, ToldToGo().Count);
    }

    private static string Name(int machine) => $"m{machine:0000}";

    private void Create(int machines)
    {
        for (var i = 0; i < machines; i++)
            _supervisor.Tell(new CreateMachine(Facts.Spec(Name(i), "a:1")), TestActor);
        for (var i = 0; i < machines; i++)
            Assert.True(_machines.ExpectMsg<ConfigureMachine>().WantsAnswer);
    }

    private List<ConfigureMachine> Advance(TimeSpan time)
    {
        Time.Advance(time);
        ComeToRest();
        var told = new List<ConfigureMachine>();
        while (_machines.HasMessages)
            told.Add(_machines.ExpectMsg<ConfigureMachine>());
        return told;
    }

    private HashSet<string> ToldToGo()
    {
        var told = new HashSet<string>();
        while (_machines.HasMessages)
            told.Add(_machines.ExpectMsg<DeleteMachine>().Machine);
        return told;
    }
}
