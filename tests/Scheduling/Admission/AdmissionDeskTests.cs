using Appliance.Core.Errors;
using Appliance.Scheduling.Admission;

namespace Appliance.Tests.Scheduling.Admission;

public sealed class AdmissionDeskTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly AdmissionDesk desk = new(new MachineCapacity(2, 20_000, CpuOvercommit: 8));
    private int moment;

    [Fact]
    public void Admit_OfAHundredThatAskForNothing_FitsOnTwoCores()
    {
        for (int number = 0; number < 100; number++)
        {
            Assert.True(Ask($"task-{number}", ResourceRequest.Of(null, 0)).IsCompletedSuccessfully);
        }
    }

    [Theory]
    [InlineData(512_000, 128, "cpu= asks for 512 cores; this machine has 2 cores. Ask for at most 2.")]
    [InlineData(2001, 128, "cpu= asks for 2.001 cores")]
    [InlineData(1000, 20_001, "memory= asks for 20001 MiB; this machine has 20000 MiB for containers")]
    public void Admit_OfWhatTheMachineLacks_IsRefusedAtOnce(long cpu, long memory, string words)
    {
        ApplianceException refusal = Assert.Throws<ApplianceException>(() => { _ = Ask("a", new ResourceRequest(cpu, memory)); });
        Assert.Equal(ErrorKind.InvalidArgument, refusal.Kind);
        Assert.Contains(words, refusal.Message);
        Assert.Equal(0, desk.WaitingCount);
    }

    [Fact]
    public async Task Admit_OfWhatDoesNotFitNow_WaitsAndSaysWhy()
    {
        using AdmissionLease first = await Ask("a", Memory(15_000));
        Task<AdmissionLease> second = Ask("b", Memory(10_000));
        Task<AdmissionLease> third = Ask("c", Memory(6_000));

        Assert.Equal(
            "It waits for 0.125 cores and 10000 MiB of memory until others end: 0.125 cores of 16 and 15000 MiB of 20000 are promised. It is next.",
            desk.ExplainWait("b"));
        Assert.EndsWith("Others are before it; 2 wait.", desk.ExplainWait("c"));
        Assert.Null(desk.ExplainWait("a"));

        first.Dispose();
        await second;
        await third;
        Assert.Null(desk.ExplainWait("b"));
        Assert.Equal(16_000, desk.Used.MemoryMiB);
    }

    [Fact]
    public async Task Admit_BehindALargeRequest_PassesOnlyWhereTheLargeOneLosesNothing()
    {
        await Ask("running", Memory(12_000));
        Task<AdmissionLease> large = Ask("large", Memory(17_000));
        Assert.True(Ask("small", Memory(3_000)).IsCompletedSuccessfully);
        Task<AdmissionLease> another = Ask("another", Memory(1_000));
        Assert.False(another.IsCompleted);

        // The one that passed is still there: the large one starts beside it.
        desk.Release("running");
        Assert.True(large.IsCompletedSuccessfully);
        Assert.False(another.IsCompleted);
        desk.Release("small");
        Assert.True(another.IsCompletedSuccessfully);
    }

    [Fact]
    public void Admit_OfSeveralTogether_PromisesToAllOrNone()
    {
        AdmissionRequest Cluster(string name) => new(name, Memory(4_500), Start.AddSeconds(moment++), Others: [name + "-1", name + "-2"]);
        Assert.True(desk.AdmitAsync(Cluster("a"), default).IsCompletedSuccessfully);
        Task<AdmissionLease> second = desk.AdmitAsync(Cluster("b"), default);
        Assert.Equal(13_500, desk.Used.MemoryMiB);
        Assert.Contains("waits for 0.375 cores and 13500 MiB", desk.ExplainWait("b"));

        desk.Release("a-1");
        Assert.False(second.IsCompleted);
        desk.Release("a");

        Assert.True(second.IsCompletedSuccessfully);
        Assert.Equal(18_000, desk.Used.MemoryMiB);
        foreach (string owner in new[] { "a-2", "b", "b-1", "b-2" })
        {
            desk.Release(owner);
        }

        Assert.Equal(default, desk.Used);
        ApplianceException refusal = Assert.Throws<ApplianceException>(() => desk.Check(Memory(7_000), together: 3));
        Assert.Contains("asks for 0.375 cores and 21000 MiB of memory; this machine promises 16 cores and 20000 MiB", refusal.Message);
    }

    [Fact]
    public void Admit_OfAHigherPriority_GoesFirst()
    {
        _ = Ask("running", Memory(20_000));
        Task<AdmissionLease> low = Ask("low", Memory(20_000));
        Task<AdmissionLease> high = Ask("high", Memory(20_000), priority: 1);

        desk.Release("running");
        Assert.True(high.IsCompletedSuccessfully);
        Assert.False(low.IsCompleted);
    }

    [Fact]
    public async Task ACancelledRequest_LeavesTheLine()
    {
        _ = Ask("running", Memory(12_000));
        using var cancel = new CancellationTokenSource();
        Task<AdmissionLease> large = desk.AdmitAsync(new AdmissionRequest("large", Memory(20_000), Start), cancel.Token);
        Task<AdmissionLease> small = Ask("small", Memory(1_000));
        Assert.False(small.IsCompleted);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        Assert.True(small.IsCompletedSuccessfully);
        Assert.Equal(13_000, desk.Used.MemoryMiB);
    }

    [Fact]
    public void AfterARestart_WhatRunsKeepsItsPromiseAndWhoWaitedItsPlace()
    {
        desk.Expect(new AdmissionRequest("waited", Memory(15_000), Start));
        desk.Expect(new AdmissionRequest("ran", Memory(9_000), Start));
        desk.Hold("ran", Memory(9_000));
        desk.Hold("ran-too", Memory(12_000));
        Assert.Equal(21_000, desk.Used.MemoryMiB);
        Task<AdmissionLease> newcomer = Ask("newcomer", Memory(9_000));
        Task<AdmissionLease> waited = desk.AdmitAsync(new AdmissionRequest("waited", Memory(15_000), Start), default);

        desk.Release("ran");
        Assert.False(newcomer.IsCompleted);
        desk.Release("ran-too");
        Assert.True(waited.IsCompletedSuccessfully);
        Assert.False(newcomer.IsCompleted);
        desk.Release("waited");
        Assert.True(newcomer.IsCompletedSuccessfully);
    }

    [Fact]
    public void AnExpectedPlace_IsGivenUpByRelease()
    {
        desk.Expect(new AdmissionRequest("gone", Memory(20_000), Start));
        Task<AdmissionLease> other = Ask("other", Memory(1_000));
        Assert.False(other.IsCompleted);

        desk.Release("gone");
        Assert.True(other.IsCompletedSuccessfully);
    }

    private Task<AdmissionLease> Ask(string owner, ResourceRequest wanted, int priority = 0) =>
        desk.AdmitAsync(new AdmissionRequest(owner, wanted, Start.AddSeconds(moment++), priority), default);

    private static ResourceRequest Memory(long mebibytes) => new(125, mebibytes);
}
