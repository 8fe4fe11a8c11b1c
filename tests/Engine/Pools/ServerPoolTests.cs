using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Functions;
using Appliance.Metadata.Calls;
using Appliance.Metadata.Sandboxes;
using Appliance.Scheduling.Pools;

namespace Appliance.Tests.Engine.Pools;

/// <summary>Containers that serve a port: who gets which request, how many there are, and how they end.</summary>
public sealed class ServerPoolTests
{
    private const int Port = 8000;

    [Fact]
    public void ARequest_WaitsForTheFirstContainer_AndThenForNone()
    {
        using var rig = new PoolRig(Server(target: 2));
        PoolInput first = Enter(rig);
        TaskId task = rig.Start(0);
        Assert.False(first.Seat!.Place.IsCompleted);

        rig.Pool.Servers.SetPort(task, Port);

        Assert.Equal(new ServerPlace(task, Port), PlaceOf(first));
        Assert.Equal(new ServerPlace(task, Port), PlaceOf(Enter(rig)));
        Assert.Equal(new ServerPlace(task, Port), PlaceOf(Enter(rig)));
        Assert.Equal(2, rig.Launched.Count);
    }

    [Fact]
    public void TheLeastBusy_GetsTheNext_AndThoseBeyondNeedGo()
    {
        using var rig = new PoolRig(Server(target: 1, max: 2));
        PoolInput[] requests = [Enter(rig), Enter(rig)];
        TaskId one = Serve(rig, 0);
        rig.Advance(1);
        TaskId other = Serve(rig, 1);
        Assert.Equal([one, one], requests.Select(each => PlaceOf(each).Task));
        PoolInput third = Enter(rig);
        Assert.Equal(other, PlaceOf(third).Task);

        // One at a time needs one container only: the older one has them all, and the other goes.
        Leave(rig, [.. requests, third]);
        for (int second = 0; second < 70; second++)
        {
            PoolInput single = Enter(rig);
            Assert.Equal(one, PlaceOf(single).Task);
            Leave(rig, single);
            rig.Advance(1);
        }

        Assert.Equal([other], rig.Terminated);
        Assert.Empty(rig.Killed);
    }

    [Fact]
    public void ASession_StaysWithItsContainer()
    {
        using var rig = new PoolRig(Server(target: 1, max: 3) with { Scaling = new PoolScaling(3, 3, 0, PoolScaling.DefaultIdleTime, 1) });
        rig.Pool.Review();
        for (int number = 0; number < 3; number++)
        {
            Serve(rig, number);
        }

        string[] sessions = [.. Enumerable.Range(0, 20).Select(number => $"session {number}")];
        TaskId[] places = [.. sessions.Select(each => PlaceOf(Enter(rig, each)).Task)];

        Assert.Equal(places, sessions.Select(each => PlaceOf(Enter(rig, each)).Task));
        Assert.Equal(3, places.Distinct().Count());
    }

    [Fact]
    public void ANewDefinition_TakesOver_OnceOneOfItServes()
    {
        using var rig = new PoolRig(Server(target: 10));
        PoolInput running = Enter(rig);
        TaskId old = Serve(rig, 0);

        rig.Pool.Redefine(ObjectId.Mint<DefinitionId>(), Server(target: 10));
        Assert.Equal(2, rig.Launched.Count);
        PoolInput meanwhile = Enter(rig);
        Assert.Equal(old, PlaceOf(meanwhile).Task);
        Leave(rig, meanwhile);
        TaskId young = Serve(rig, 1);

        Assert.Equal(young, PlaceOf(Enter(rig)).Task);
        Assert.Empty(rig.Terminated);
        Leave(rig, running);
        Assert.Equal([old], rig.Terminated);
        rig.Die(old, SandboxEnding.Success);
        Assert.Empty(rig.Ended);
        Assert.Empty(rig.Killed);
    }

    [Fact]
    public void RequestsUnderWay_HaveTheirTime_AndTheContainerItsOwn()
    {
        using var rig = new PoolRig(Server(target: 10));
        Enter(rig);
        TaskId task = Serve(rig, 0);
        rig.Pool.StopContainer(task, isGraceful: true);

        rig.Advance(44);
        Assert.Empty(rig.Terminated);
        rig.Advance(2);
        Assert.Equal([task], rig.Terminated);
        rig.Advance(301);
        Assert.Equal([task], rig.Killed);
    }

    [Fact]
    public void WhoWaitsForWhatTheOldHave_GetsItAtOnce()
    {
        using var rig = new PoolRig(Server(target: 10));
        Leave(rig, Enter(rig));
        TaskId old = Serve(rig, rig.Launched.Count - 1);
        rig.Pool.Redefine(ObjectId.Mint<DefinitionId>(), Server(target: 10));

        rig.Pool.ContainerWaits(rig.Launched[^1]);

        Assert.Equal([old], rig.Terminated);
    }

    [Fact]
    public void AServerThatRefuses_IsReplaced_AndSilenceIsNoFault()
    {
        using var rig = new PoolRig(Server(target: 10) with { Scaling = new PoolScaling(1, 1, 0, PoolScaling.DefaultIdleTime, 10) });
        rig.Pool.Review();
        TaskId task = Serve(rig, 0);
        rig.Advance(3600);
        Assert.Empty(rig.Killed);

        rig.Pool.Servers.Distrust(task);
        PoolInput request = Enter(rig);

        Assert.Equal([task], rig.Terminated);
        Assert.False(request.Seat!.Place.IsCompleted);
        Assert.Equal(Serve(rig, 1), PlaceOf(request).Task);
    }

    [Fact]
    public void AServerThatDoesNotStart_TellsThoseWhoWait()
    {
        using var rig = new PoolRig(Server(target: 10));
        PoolInput request = Enter(rig);
        rig.Pool.FailStart(rig.Start(0), "ValueError('no model')", null);

        Assert.Equal((request.Id, InputStatus.InitFailure, "ValueError('no model')"), (rig.Ended[0].Input, rig.Ended[0].Status, rig.Ended[0].Message));
    }

    [Fact]
    public void WhoWaits_WhenTheAppIsStopped_IsTold()
    {
        using var rig = new PoolRig(Server(target: 10));
        PoolInput early = Enter(rig);
        rig.Pool.Close();
        PoolInput late = Enter(rig);

        Assert.Equal([(early.Id, InputStatus.Terminated), (late.Id, InputStatus.Terminated)], rig.Ended.Select(each => (each.Input, each.Status)));
    }

    [Fact]
    public void More_StartOnlyWhenTheyWereWantedForLong()
    {
        using var rig = new PoolRig(Server(target: 1) with { Scaling = new PoolScaling(0, 4, 0, PoolScaling.DefaultIdleTime, 1, TimeSpan.FromSeconds(30)) });
        Enter(rig);
        Serve(rig, 0);
        PoolInput brief = Enter(rig);
        rig.Advance(20);
        Leave(rig, brief);
        Enter(rig);
        rig.Advance(29);
        Assert.Single(rig.Launched);
        rig.Advance(2);
        Assert.Equal(2, rig.Launched.Count);
    }

    [Theory]
    [InlineData(3, 1.5, 2)]
    [InlineData(4, 1.5, 3)]
    [InlineData(100, 0.0, 1)]
    [InlineData(0, 1.0, 0)]
    public void TheTarget_MayBeAFraction_AndZeroMeansAnyNumber(int requests, double target, int wanted) =>
        Assert.Equal(wanted, new PoolScaling(0, null, 0, PoolScaling.DefaultIdleTime, target).Wanted(requests, 1, machineMax: 8));

    private static FunctionDefinition Server(double target, int? max = null) => PoolRig.Plain() with
    {
        Scaling = new PoolScaling(0, max, 0, PoolScaling.DefaultIdleTime, target),
        Server = new FunctionServer(Port, AsksForInputs: false, IsHttp2: false, GraceSeconds: 45),
    };

    private static PoolInput Enter(PoolRig rig, string session = "")
    {
        var request = new PoolInput(ObjectId.Mint<InputId>(), ObjectId.Mint<FunctionCallId>(), "", false, isDirect: true) { Seat = new ServerSeat(session) };
        rig.Pool.Add([request]);
        return request;
    }

    private static TaskId Serve(PoolRig rig, int number)
    {
        TaskId task = rig.Start(number);
        rig.Pool.Servers.SetPort(task, Port);
        return task;
    }

    private static void Leave(PoolRig rig, params PoolInput[] requests)
    {
        foreach (PoolInput request in requests)
        {
            rig.Pool.Servers.Leave(request);
        }
    }

    private static ServerPlace PlaceOf(PoolInput request)
    {
        Assert.True(request.Seat!.Place.IsCompletedSuccessfully);
        return request.Seat.Place.Result;
    }
}
