using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Resources;

namespace Appliance.Tests.Engine.Resources;

public sealed class MachinePressureTests
{
    private readonly MachinePressure pressure = new();
    private readonly FunctionId first = ObjectId.Mint<FunctionId>();
    private readonly FunctionId second = ObjectId.Mint<FunctionId>();

    [Fact]
    public void WhileNobodyWaits_NobodyLeaves()
    {
        Assert.False(pressure.IsHigh);
        Assert.False(pressure.TryLeave(Task(), first, "", 0));
    }

    [Fact]
    public void AsManyLeave_AsAreNeeded()
    {
        TaskId waiting = Task();
        pressure.Begin(waiting, second, "", 0);
        TaskId leaving = Task();

        Assert.True(pressure.TryLeave(leaving, first, "", 0));
        Assert.False(pressure.TryLeave(Task(), first, "", 0));

        // It was not enough.
        pressure.Left(leaving);
        Assert.True(pressure.TryLeave(Task(), first, "", 0));
        pressure.End(waiting);
        Assert.False(pressure.IsHigh);
        Assert.False(pressure.TryLeave(Task(), first, "", 0));
    }

    [Fact]
    public void NobodyLeaves_ForItsOwnFunction()
    {
        pressure.Begin(Task(), first, "", 0);

        Assert.False(pressure.TryLeave(Task(), first, "", 0));
        Assert.True(pressure.TryLeave(Task(), second, "", 0));
    }

    [Theory]
    [InlineData("H100", "H100", true)]
    [InlineData("H100", "L4", false)]
    [InlineData("H100", "", false)]
    [InlineData("ANY", "L4", true)]
    [InlineData("H100,L4", "L4", true)]
    [InlineData("", "L4", true)]
    [InlineData("", "", true)]
    public void OnlyThoseLeave_WhoHaveWhatIsWaitedFor(string wanted, string had, bool leaves)
    {
        pressure.Begin(Task(), null, wanted, 1);

        Assert.Equal(leaves, pressure.TryLeave(Task(), first, had, had.Length == 0 ? 0 : 1));
    }

    [Fact]
    public void WhoWaitsForSeveralGpus_GetsThemFromSeveral()
    {
        pressure.Begin(Task(), null, "H100", 4);

        Assert.True(pressure.TryLeave(Task(), first, "H100", 2));
        Assert.True(pressure.TryLeave(Task(), second, "H100", 2));
        Assert.False(pressure.TryLeave(Task(), second, "H100", 2));
    }

    [Fact]
    public void WhoeverBeginsToWait_IsTold()
    {
        List<(TaskId, FunctionId?)> told = [];
        pressure.Begun = (task, function) => told.Add((task, function));
        TaskId waiting = Task();

        pressure.Begin(waiting, first, "H100", 1);

        Assert.Equal([(waiting, (FunctionId?)first)], told);
    }

    private static TaskId Task() => TaskId.Mint(isVersion2: false);
}
