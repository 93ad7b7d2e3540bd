using Akka.TestKit;
using CacheMachine.Actors.Machines.Model;
using CacheMachine.Actors.Supervisor;
using CacheMachine.Actors.Tests.Doubles;
using CacheMachine.TestKit;
using Xunit;

namespace CacheMachine.Actors.Tests.Supervisor;

/// <summary>There are only so many machines.</summary>
public sealed class TooManyMachinesTests : ActorTest
{
    private readonly TestProbe _machines;
    private readonly IActorRef _supervisor;

    public TooManyMachinesTests()
    {
        _machines = CreateTestProbe();
        var settings = new SupervisorSettings { MostMachines = 2 };
        _supervisor = Sys.ActorOf(Props.Create(() => new MachineSupervisorActor(
            _machines.Ref, ActorRefs.Nobody, new ClusterDouble(), ActorRefs.Nobody, new JournalTroubles(Time), settings)));
        Create("a");
        Create("b");
        _machines.ExpectMsg<ConfigureMachine>();
        _machines.ExpectMsg<ConfigureMachine>();
    }

    [Fact]
    public void One_more_is_refused_and_changes_nothing()
    {
        Create("c");

        Assert.Equal(new TooManyMachines(2), ExpectMsg<TooManyMachines>());
        Assert.Equal(["a", "b"], Names());
    }

    [Fact]
    public void Those_that_there_are_may_be_given_another_spec()
    {
        Create("b", "x:1");

        Assert.Equal("b", _machines.ExpectMsg<ConfigureMachine>().Machine);
        Assert.Equal(["a", "b"], Names());
    }

    [Fact]
    public void When_one_goes_another_may_come()
    {
        _supervisor.Tell(new RemoveMachine("a"), TestActor);
        _machines.ExpectMsg<DeleteMachine>();

        Create("c");

        Assert.Equal("c", _machines.ExpectMsg<ConfigureMachine>().Machine);
        Assert.Equal(["b", "c"], Names());
    }

    private void Create(string name, params string[] images) => _supervisor.Tell(new CreateMachine(Facts.Spec(name, images)), TestActor);

    private IReadOnlyList<string> Names()
    {
        _supervisor.Tell(ListMachines.Instance, TestActor);
        return ExpectMsg<MachineNames>().Names;
    }
}
