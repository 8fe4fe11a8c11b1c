using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Pools;
using Appliance.Scheduling.Pools;
using Appliance.Tests.Scheduling;

namespace Appliance.Tests.Engine.Pools;

public sealed class ClaimNotesTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(1);

    private readonly ManualClock clock = new();
    private readonly List<Claim> written = [];
    private readonly ClaimNotes notes;

    public ClaimNotesTests() => notes = new ClaimNotes(clock, written.AddRange);

    [Fact]
    public void ANote_IsWrittenOnce_SoonAfterwards()
    {
        PoolInput input = Held();
        notes.Add(input);
        Assert.Empty(written);

        clock.Advance(Long);
        clock.Advance(Long);

        Assert.Equal(new Claim(input.Id, input.Task!.Value, input.StartedAt), Assert.Single(written));
        Assert.Null(notes.Take(input.Id));
    }

    [Fact]
    public void ANoteThatWasTakenBack_IsNotWritten()
    {
        (PoolInput first, PoolInput second) = (Held(), Held());
        notes.Add(first);
        notes.Add(second);

        Assert.Equal(first.Task, notes.Take(first.Id)?.Task);
        clock.Advance(Long);

        Assert.Equal(second.Id, Assert.Single(written).Input);
    }

    [Fact]
    public void AnInputThatWentOn_IsNotedWithWhoHasItNow()
    {
        PoolInput input = Held();
        notes.Add(input);
        input.Task = TaskId.Mint(isVersion2: false);
        notes.Add(input);

        clock.Advance(Long);

        Assert.Equal(input.Task, Assert.Single(written).Task);
    }

    [Fact]
    public void NotesAfterAWrite_AreWrittenToo()
    {
        notes.Add(Held());
        clock.Advance(Long);
        notes.Add(Held());
        clock.Advance(Long);

        Assert.Equal(2, written.Count);
    }

    public void Dispose() => notes.Dispose();

    private PoolInput Held() => new(ObjectId.Mint<InputId>(), ObjectId.Mint<FunctionCallId>(), "", false)
    {
        Task = TaskId.Mint(isVersion2: false), StartedAt = clock.GetUtcNow(),
    };
}
