using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Pools;
using Appliance.Scheduling.Pools;

namespace Appliance.Tests.Engine.Pools;

/// <summary>How a pool hands out inputs, and takes them back.</summary>
public sealed class HandoutTests
{
    [Fact]
    public async Task Inputs_AreHandedOutInTheOrderOfComing()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 1));
        PoolInput[] inputs = rig.Add(3);
        TaskId task = rig.Start(0);

        foreach (PoolInput input in inputs)
        {
            await rig.TakeAsync(task, input);
            Assert.Equal((input.Id, task), rig.Claims[^1]);
            Assert.Same(input, rig.Pool.Find(task, input.Id));
            rig.Pool.Complete(task, input.Id, isEnded: true);
            Assert.Null(rig.Pool.Find(task, input.Id));
        }

        Assert.Equal(new PoolStats(0, 0, 1), rig.Pool.Stats());
        Assert.Single(rig.Launched);
    }

    [Fact]
    public async Task AnInput_AddedTwice_IsHandedOutOnce()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 1));
        PoolInput[] inputs = rig.Add(1);
        rig.Pool.Add(inputs);
        TaskId task = await rig.StartAndTakeAsync(0, inputs[0]);

        Task<InputHandout> next = rig.AskAsync(task);
        rig.Advance(60);

        Assert.Same(InputHandout.Nothing, await next);
    }

    [Fact]
    public async Task ABatch_IsHandedOutWhenItIsFull_OrHasLingered()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 1) with { BatchMax = 3 });
        PoolInput[] first = rig.Add(2);
        TaskId task = rig.Start(0);
        Task<InputHandout> asked = rig.AskAsync(task, max: 3, linger: 2);
        Assert.Equal(2, rig.Claims.Count);
        rig.Advance(1.9);
        Assert.False(asked.IsCompleted);
        rig.Advance(0.1);
        Assert.Equal(first, (await asked).Inputs);

        asked = rig.AskAsync(task, max: 3, linger: 2);
        PoolInput[] second = rig.Add(4);

        Assert.Equal(second[..3], (await asked).Inputs);
        Assert.Equal(new PoolStats(1, 5, 1), rig.Pool.Stats());
    }

    [Fact]
    public async Task ABatchThatIsCollected_GetsInputsBeforeOthersThatWait()
    {
        using var rig = new PoolRig(PoolRig.Scaled(2) with { BatchMax = 2 });
        rig.Pool.Review();
        Task<InputHandout> first = rig.AskAsync(rig.Start(0), max: 2, linger: 5);
        Task<InputHandout> second = rig.AskAsync(rig.Start(1), max: 2, linger: 5);

        PoolInput[] inputs = [.. rig.Add(1), .. rig.Add(1)];

        Assert.Equal(inputs, (await await Task.WhenAny(first, second)).Inputs);
        Assert.NotEqual(first.IsCompleted, second.IsCompleted);
    }

    [Fact]
    public async Task OneContainer_WorksOnAsManyAtOnceAsItAsksFor()
    {
        using var rig = new PoolRig(PoolRig.Plain() with { Concurrency = 2 });
        PoolInput[] inputs = rig.Add(2);
        TaskId task = await rig.StartAndTakeAsync(0, inputs[0]);
        await rig.TakeAsync(task, inputs[1]);

        Assert.Single(rig.Launched);
        Assert.Equal(new PoolStats(0, 2, 1), rig.Pool.Stats());
    }

    [Fact]
    public async Task AQuestion_ThatFindsNothing_IsAnsweredWithNothing_AndByANewerOneAtOnce()
    {
        using var rig = new PoolRig(PoolRig.Scaled(1));
        rig.Pool.Review();
        TaskId task = rig.Start(0);

        Task<InputHandout> old = rig.AskAsync(task);
        Task<InputHandout> newer = rig.AskAsync(task);
        Assert.Same(InputHandout.Nothing, await old);
        rig.Advance(50);

        Assert.Same(InputHandout.Nothing, await newer);
        PoolInput[] inputs = rig.Add(1);
        await rig.TakeAsync(task, inputs);
    }

    [Fact]
    public async Task WhatAContainerCollected_GoesToOthersInOrder_WhenItGoes()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 1) with { BatchMax = 4 });
        PoolInput[] inputs = rig.Add(3);
        TaskId task = rig.Start(0);
        using var gone = new CancellationTokenSource();
        Task<InputHandout> asked = rig.AskAsync(task, max: 4, linger: 5, gone.Token);
        Assert.Equal(3, rig.Claims.Count);

        await gone.CancelAsync();

        Assert.Empty((await asked).Inputs);
        Assert.Equal(new PoolStats(3, 0, 1), rig.Pool.Stats());
        await rig.TakeAsync(task, inputs);
    }

    [Fact]
    public async Task WhatAContainerCollected_AndSomebodyCanceledMeanwhile_IsNotHandedOutAgain()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 1) with { BatchMax = 4 });
        PoolInput[] inputs = rig.Add(2);
        TaskId task = rig.Start(0);
        using var gone = new CancellationTokenSource();
        Task<InputHandout> asked = rig.AskAsync(task, max: 4, linger: 5, gone.Token);

        rig.Pool.Cancel([inputs[0].Id], killsContainers: false);
        await gone.CancelAsync();

        Assert.Empty((await asked).Inputs);
        Assert.Equal(new PoolStats(1, 0, 1), rig.Pool.Stats());
        await rig.TakeAsync(task, inputs[1]);
    }

    [Fact]
    public async Task AContainerThatIsNotOfThePool_IsToldToEnd()
    {
        using var rig = new PoolRig();
        rig.Add(1);

        await rig.AssertLastAsync(rig.AskAsync(TaskId.Mint(isVersion2: false)));
        Assert.Empty(rig.Claims);
    }

    [Fact]
    public async Task AfterARestart_InputsKeepTheirOrderAndTheirContainers()
    {
        using var rig = new PoolRig(PoolRig.Scaled(0, max: 1));
        TaskId task = TaskId.Mint(isVersion2: false);
        rig.Pool.Adopt(task, rig.Pool.DefinitionId);
        PoolInput[] inputs = [.. Enumerable.Range(0, 40).Select(_ => new PoolInput(ObjectId.Mint<InputId>(), ObjectId.Mint<FunctionCallId>(), "", false))];
        DateTimeOffset created = rig.Clock.GetUtcNow().AddSeconds(-10);
        foreach (PoolInput input in inputs)
        {
            rig.Pool.Resume(input, input == inputs[0] ? task : null, created);
        }

        Assert.Equal(new PoolStats(39, 1, 1), rig.Pool.Stats());
        Assert.Same(inputs[0], rig.Pool.Find(task, inputs[0].Id));
        rig.Pool.Complete(task, inputs[0].Id, isEnded: true);
        foreach (PoolInput input in inputs[1..])
        {
            await rig.TakeAsync(task, input);
            rig.Pool.Complete(task, input.Id, isEnded: true);
        }

        Assert.Empty(rig.Launched);
    }

    [Fact]
    public async Task ARateLimit_LetsNoMoreBeginInItsTime()
    {
        using var rig = new PoolRig(PoolRig.Plain() with { RateLimit = new RateLimit(2, TimeSpan.FromSeconds(60)) });
        PoolInput[] inputs = rig.Add(3);
        TaskId task = await rig.StartAndTakeAsync(0, inputs[0]);
        rig.Pool.Complete(task, inputs[0].Id, isEnded: true);
        rig.Advance(20);
        await rig.TakeAsync(task, inputs[1]);
        rig.Pool.Complete(task, inputs[1].Id, isEnded: true);
        Task<InputHandout> limited = rig.AskAsync(task);
        rig.Advance(39.9);
        Assert.False(limited.IsCompleted);
        rig.Advance(0.1);

        Assert.Equal(inputs[2].Id, Assert.Single((await limited.WaitAsync(TimeSpan.FromSeconds(30))).Inputs).Id);
        PoolInput[] more = rig.Add(1);
        rig.Pool.Complete(task, inputs[2].Id, isEnded: true);
        rig.Advance(20);
        await rig.TakeAsync(task, more);
    }
}
