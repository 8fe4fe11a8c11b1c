using Appliance.Queues;

namespace Appliance.Tests.Queues;

public sealed class FilledPartitionsTests
{
    [Fact]
    public void MayHold_AfterATake_IsTrueUntilOneWasInVain()
    {
        var filled = new FilledPartitions();
        Assert.False(filled.MayHold(Place(1)));
        filled.Note(Place(1), hasTaken: true);
        Assert.True(filled.MayHold(Place(1)));
        filled.Note(Place(1), hasTaken: false);
        Assert.False(filled.MayHold(Place(1)));
    }

    [Fact]
    public void Note_VeryManyPartitions_ForgetsOldOnesAndKeepsTheLatest()
    {
        var filled = new FilledPartitions();
        for (int number = 0; number <= 10_000; number++)
        {
            filled.Note(Place(number), hasTaken: true);
        }

        Assert.False(filled.MayHold(Place(0)));
        Assert.True(filled.MayHold(Place(10_000)));
    }

    private static PartitionAddress Place(int number) => new("qu-1", PartitionKey.Read(BitConverter.GetBytes(number)));
}
