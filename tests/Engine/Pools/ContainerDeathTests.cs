using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Pools;
using Appliance.Metadata.Calls;
using Appliance.Metadata.Sandboxes;
using Appliance.Scheduling.Pools;

namespace Appliance.Tests.Engine.Pools;

/// <summary>What becomes of inputs when containers die, or do not get ready.</summary>
public sealed class ContainerDeathTests
{
    [Theory]
    [InlineData(SandboxEnding.Failure, 7, "The container of 'f' ended with exit code 7 while it worked on this input.")]
    [InlineData(SandboxEnding.Success, 0, "The container of 'f' ended with exit code 0 while it worked on this input.")]
    [InlineData(SandboxEnding.OutOfMemory, 137, "The container of 'f' ran out of memory while it worked on this input. Give the function more with memory=.")]
    internal async Task AnInputThatEndsItsContainer_Fails(SandboxEnding ending, int exitCode, string message)
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 1));
        PoolInput[] inputs = rig.Add(2);

        rig.Die(await rig.StartAndTakeAsync(0, inputs[0]), ending, exitCode);

        (_, InputStatus status, string told, _) = Assert.Single(rig.Ended, each => each.Input.Equals(inputs[0].Id));
        Assert.Equal((InputStatus.Failure, message), (status, told));
        await rig.StartAndTakeAsync(1, inputs[1]);
    }

    [Fact]
    public async Task AContainerThatWasEndedBeforeItWasReady_IsReplacedAtOnce_AndFailedNobody()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 1));
        PoolInput[] inputs = rig.Add(1);
        for (int number = 0; number < 5; number++)
        {
            rig.Die(rig.Start(number), SandboxEnding.Terminated);
        }

        Assert.Empty(rig.Ended);
        await rig.StartAndTakeAsync(5, inputs);
    }

    [Fact]
    public async Task ADetachedContainer_HasASuccessorAtOnce_AndNoStartTime()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 1));
        PoolInput[] inputs = rig.Add(1);
        TaskId detached = rig.Start(0);

        rig.Pool.Detach(detached);
        await rig.StartAndTakeAsync(1, inputs);
        rig.Advance(60);

        Assert.Empty(rig.Ended);
        Assert.Empty(rig.Killed);
        await rig.AssertLastAsync(rig.AskAsync(detached));
    }

    [Fact]
    public async Task AnInputThatEndsItsContainer_IsTriedAgain_AsItsPolicySays()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 1) with { Retry = PoolRig.Retries(1, seconds: 5) });
        PoolInput[] inputs = rig.Add(1);
        rig.Die(await rig.StartAndTakeAsync(0, inputs[0]), SandboxEnding.Failure, 1);
        Assert.Equal((inputs[0].Id, 1, 0, rig.Clock.GetUtcNow().AddSeconds(5)), Assert.Single(rig.Again));

        Task<InputHandout> asked = rig.AskAsync(rig.Start(1));
        rig.Advance(5);

        Assert.Equal(inputs, (await asked).Inputs);
        rig.Die(rig.Launched[1], SandboxEnding.Failure, 1);
        Assert.Equal(InputStatus.Failure, Assert.Single(rig.Ended).Status);
    }

    [Fact]
    public async Task LostInputs_AreFirstInTheLine_InTheirOrder_AndCountNoAttempt()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 1) with { BatchMax = 3 });
        PoolInput[] inputs = rig.Add(4);
        TaskId task = await rig.StartAndTakeAsync(0, inputs[..3]);

        rig.Die(task, SandboxEnding.Lost);

        Assert.Equal(inputs[..3].Select(each => (each.Id, 0, 1)), rig.Again.Select(each => (each.Input, each.Attempt, each.Losses)).Reverse());
        await rig.StartAndTakeAsync(1, inputs[..3]);
        Assert.Empty(rig.Ended);
    }

    [Fact]
    public async Task AnInputThatIsLostAgainAndAgain_EndsAtLast()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 1));
        PoolInput[] inputs = rig.Add(1);
        for (int number = 0; number < 9; number++)
        {
            Assert.Empty(rig.Ended);
            rig.Die(await rig.StartAndTakeAsync(number, inputs), SandboxEnding.Lost, message: "The machine was restarted.");
        }

        (_, InputStatus status, string message, _) = Assert.Single(rig.Ended);
        Assert.Equal((InputStatus.InternalFailure, "The container of 'f' was lost while it worked on this input. The machine was restarted."), (status, message));
        Assert.Equal(new PoolStats(0, 0, 0), rig.Pool.Stats());
    }

    [Fact]
    public async Task ContainersThatDieBeforeTheyAreReady_AreTriedLessAndLessOften_UntilWhoWaitsIsTold()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 1));
        PoolInput[] inputs = rig.Add(2);
        rig.Die(rig.Start(0), SandboxEnding.Failure, 3);
        Assert.Single(rig.Launched);
        rig.Advance(1);
        rig.Die(rig.Start(1), SandboxEnding.Failure, 3);
        rig.Advance(1.9);
        Assert.Equal(2, rig.Launched.Count);
        rig.Advance(0.1);
        Assert.Empty(rig.Ended);
        rig.Die(rig.Start(2), SandboxEnding.Failure, 3);

        Assert.Equal(inputs.Select(each => each.Id.Text).Order(), rig.Ended.Select(each => each.Input.Text).Order());
        Assert.All(rig.Ended, each => Assert.Equal(InputStatus.InitFailure, each.Status));
        Assert.Equal("No container of 'f' could be started: its process ended with exit code 3 before it was ready. Its logs say more.", rig.Ended[0].Message);

        // Whoever comes before the next is tried is told at once.
        inputs = rig.Add(1);
        Assert.Equal((inputs[0].Id, InputStatus.InitFailure, rig.Ended[0].Message, null), rig.Ended[^1]);
        Assert.Equal(3, rig.Launched.Count);

        // One that gets ready sets it right.
        rig.Advance(4);
        inputs = rig.Add(1);
        TaskId task = await rig.StartAndTakeAsync(3, inputs);
        rig.Die(task, SandboxEnding.Lost);
        Assert.Equal(5, rig.Launched.Count);
    }

    [Fact]
    public void AnImageWithoutPython_IsToldAtOnce_WithWhatToDo()
    {
        using var rig = new PoolRig();
        PoolInput[] inputs = rig.Add(1);

        rig.Die(rig.Start(0), SandboxEnding.Failure, 127);

        (InputId id, InputStatus status, string message, _) = Assert.Single(rig.Ended);
        Assert.Equal((inputs[0].Id, InputStatus.InitFailure), (id, status));
        Assert.StartsWith("No container of 'f' could be started: its image has no program 'python'", message);
        Assert.Contains("Image.debian_slim()", message);
    }

    [Fact]
    public void AContainerThatCannotBeStarted_IsToldAtOnce()
    {
        using var rig = new PoolRig();
        PoolInput[] inputs = rig.Add(1);

        rig.Die(rig.Launched[0], SandboxEnding.StartFailure, 1, "Image 'im-1' is gone.");

        Assert.Equal((inputs[0].Id, InputStatus.InitFailure, "No container of 'f' could be started: Image 'im-1' is gone.", null), Assert.Single(rig.Ended));
    }

    [Fact]
    public async Task AStartThatWasCutOff_IsTriedAgain_BeforeAnybodyIsTold()
    {
        using var rig = new PoolRig();
        PoolInput[] inputs = rig.Add(1);
        rig.Die(rig.Launched[0], SandboxEnding.Lost, 137, "The container's supervisor is gone.");

        Assert.Empty(rig.Ended);
        rig.Advance(1.1);
        await rig.StartAndTakeAsync(1, inputs);
    }

    [Fact]
    public void AContainerThatSaysWhyItIsNotReady_TellsAllWhoWait()
    {
        using var rig = new PoolRig();
        PoolInput[] inputs = rig.Add(2);
        TaskId task = rig.Start(0);

        rig.Pool.FailStart(task, "ImportError: no module", [1, 2]);

        Assert.Equal(inputs.Select(each => each.Id.Text).Order(), rig.Ended.Select(each => each.Input.Text).Order());
        Assert.All(rig.Ended, each => Assert.Equal((InputStatus.InitFailure, "ImportError: no module"), (each.Status, each.Message)));
        Assert.All(rig.Ended, each => Assert.Equal([1, 2], each.Body));
        rig.Die(task, SandboxEnding.Success);
        Assert.Equal(2, rig.Ended.Count);
        rig.Add(1);
        Assert.Single(rig.Launched);
        rig.Advance(1);
        Assert.Equal(2, rig.Launched.Count);
    }

    [Fact]
    public async Task AContainerThatFailsAtItsEnd_HarmsNobodyWhoWaits()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 1));
        PoolInput[] inputs = rig.Add(2);
        TaskId task = await rig.StartAndTakeAsync(0, inputs[0]);
        rig.Pool.Complete(task, inputs[0].Id, isEnded: true);

        rig.Pool.FailStart(task, "RuntimeError: exit hook", [1]);
        rig.Die(task, SandboxEnding.Success);

        Assert.Empty(rig.Ended);
        await rig.StartAndTakeAsync(1, inputs[1]);
    }

    [Fact]
    public void AContainerThatTakesTooLongToGetReady_IsKilled_AndWhoWaitsIsTold()
    {
        using var rig = new PoolRig();
        PoolInput[] inputs = rig.Add(1);
        rig.Advance(1000);
        Assert.Empty(rig.Killed);
        TaskId task = rig.Start(0);
        rig.Advance(49);
        Assert.Empty(rig.Killed);
        rig.Advance(1);

        Assert.Equal([task], rig.Killed);
        (InputId _, InputStatus status, string message, _) = Assert.Single(rig.Ended, each => each.Input.Equals(inputs[0].Id));
        Assert.Equal(InputStatus.InitFailure, status);
        Assert.Contains("did not get ready within 50 s", message);
        Assert.Contains("startup_timeout", message);
    }

    [Fact]
    public async Task AContainerThatFallsSilent_IsKilled_AndItsInputGoesToAnother()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 1) with { TimeoutSeconds = 10_000 });
        PoolInput[] inputs = rig.Add(1);
        TaskId task = await rig.StartAndTakeAsync(0, inputs);
        rig.Advance(299);
        Assert.Empty(rig.Killed);
        rig.Advance(2);

        Assert.Equal([task], rig.Killed);
        rig.Die(task, SandboxEnding.Terminated);
        await rig.StartAndTakeAsync(1, inputs);
        Assert.Empty(rig.Ended);
    }
}
