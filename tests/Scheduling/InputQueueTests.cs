using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Scheduling.Pools;

namespace Appliance.Tests.Scheduling;

public sealed class InputQueueTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly InputQueue queue = new();
    private readonly PoolInput a = Make();
    private readonly PoolInput b = Make();
    private readonly PoolInput c = Make();

    [Fact]
    public void Take_AnswersInTheOrderOfComing_AndWhatHasWaitedBefore()
    {
        queue.Add(a);
        queue.Add(b);
        queue.Add(c, first: true);

        Assert.Equal(3, queue.DueCount);
        Assert.Equal([c, a, b, null], Enumerable.Range(0, 4).Select(_ => queue.Take()));
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void Advance_LetsInWhatIsDue_InTheOrderOfItsTime()
    {
        queue.AddLater(a, Start.AddSeconds(2));
        queue.AddLater(b, Start.AddSeconds(1));
        queue.AddLater(c, Start.AddSeconds(3));

        Assert.Equal((3, 0, Start.AddSeconds(1)), (queue.Count, queue.DueCount, queue.NextDue));
        queue.Advance(Start.AddSeconds(2));

        Assert.Equal((3, 2, Start.AddSeconds(3)), (queue.Count, queue.DueCount, queue.NextDue));
        Assert.Equal([b, a, null], Enumerable.Range(0, 3).Select(_ => queue.Take()));
    }

    [Fact]
    public void Advance_OfWhatIsDueAtTheSameMoment_KeepsTheOrderOfComing()
    {
        PoolInput[] inputs = [.. Enumerable.Range(0, 100).Select(_ => Make())];
        foreach (PoolInput input in inputs)
        {
            queue.AddLater(input, Start);
        }

        queue.Advance(Start);

        Assert.Equal(inputs, inputs.Select(_ => queue.Take()));
    }

    [Fact]
    public void Drop_TakesOutWhatWaits_DueOrNot_AndOnlyOnce()
    {
        queue.Add(a);
        queue.AddLater(b, Start);

        Assert.True(queue.TryDrop(a));
        Assert.True(queue.TryDrop(b));
        Assert.False(queue.TryDrop(a));
        Assert.False(queue.TryDrop(b));
        Assert.False(queue.TryDrop(c));
        queue.Advance(Start.AddDays(1));
        Assert.Null(queue.Take());
        Assert.Null(queue.NextDue);
    }

    [Fact]
    public void Drop_AndAddForAnotherMoment_CountsTheLaterOneAlone()
    {
        queue.AddLater(a, Start.AddSeconds(1));
        Assert.True(queue.TryDrop(a));
        queue.AddLater(a, Start.AddSeconds(5));

        queue.Advance(Start.AddSeconds(2));
        Assert.Equal((1, 0), (queue.Count, queue.DueCount));
        queue.Advance(Start.AddSeconds(5));

        Assert.Equal([a, null], Enumerable.Range(0, 2).Select(_ => queue.Take()));
    }

    private static PoolInput Make() => new(ObjectId.Mint<InputId>(), ObjectId.Mint<FunctionCallId>(), "", false);
}
