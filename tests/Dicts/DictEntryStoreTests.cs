using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Dicts;
using Appliance.Identity;
using Appliance.Identity.Workspaces;
using Appliance.Metadata;
using Appliance.Metadata.Dicts;
using Appliance.Metadata.Values;
using Appliance.Objects;
using Appliance.Tests.Metadata;

namespace Appliance.Tests.Dicts;

public sealed class DictEntryStoreTests : IAsyncLifetime
{
    private readonly TestDirectory directory = new();
    private readonly FakeTime clock = new(new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero));
    private MetadataStore store = null!;
    private Caller caller = null!;
    private string dict = null!;

    public async Task InitializeAsync()
    {
        store = await MetadataStore.OpenAsync(directory.Path, clock);
        caller = new Caller((await WorkspaceBootstrap.EnsureAsync(store, "lab")).Id, ObjectId.Mint<TokenId>(), "test");
        dict = await store.WriteAsync(write =>
        {
            string id = ObjectDirectory.Create<DictId>(write, caller, new ObjectRequest("d", "", CreationMode.CreateNew)).Id;
            DictGenerations.Add(write, id);
            return id;
        });
    }

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        directory.Dispose();
    }

    [Fact]
    public async Task Put_KeysThatDifferInOneByte_AreTwoEntries()
    {
        await PutAsync([0], 1);
        await PutAsync([0, 0], 2);
        await PutAsync([], 3);
        await PutAsync([0], 4);

        Assert.Equal(4, Get([0]));
        Assert.Equal(2, Get([0, 0]));
        Assert.Equal(3, Get([]));
        Assert.Equal(3, Count());
    }

    [Fact]
    public async Task TryAdd_PresentOrExpiredKey_AddsOnlyWhereNothingLives()
    {
        Assert.True(await TryAddAsync([1], 1));
        Assert.False(await TryAddAsync([1], 2));
        Assert.Equal(1, Get([1]));

        clock.Now += DictLimits.EntryLife + DictLimits.UsePrecision;

        Assert.True(await TryAddAsync([1], 3));
        Assert.Equal(3, Get([1]));
    }

    [Fact]
    public async Task Get_ReadEveryThreeDays_NeverExpires()
    {
        await PutAsync([1], 1);
        await PutAsync([2], 2);
        var uses = new DictUses(clock);
        await using var sweeper = new DictSweeper(store, uses, new Standing(clock), failure => throw failure);
        for (int turn = 0; turn < 5; turn++)
        {
            clock.Now += TimeSpan.FromDays(3);
            DictEntryRecord entry = Find([1])!.Value;
            uses.Add(Generation(), entry.UsedAt, [1]);
            await sweeper.SweepAsync(default);
        }

        Assert.Equal(1, Get([1]));
        Assert.Null(Find([2]));
        Assert.Equal(1, CountRows());
    }

    [Fact]
    public async Task Touch_APageWithExpiredEntries_DoesNotBringThemBack()
    {
        await PutAsync([1], 1);
        clock.Now += DictLimits.EntryLife;
        await PutAsync([0], 0);
        await PutAsync([3], 3);
        clock.Now += TimeSpan.FromHours(2);
        var uses = new DictUses(clock);
        IReadOnlyList<DictEntryRecord> page = store.Read(read =>
            DictEntries.List(read, Generation(read), null, DictEntryStore.LiveSince(clock.Now), 10, 1_000));

        uses.Add(Generation(), page);
        await store.WriteAsync(write => DictUses.Write(write, uses.Take(10)));

        Assert.Equal(2, page.Count);
        Assert.Null(Find([1]));
        Assert.Equal(clock.Now, Find([3])!.Value.UsedAt);
    }

    [Fact]
    public async Task Pop_Present_RemovesAndAnswers()
    {
        await PutAsync([1], 7);

        Assert.Equal([7], (await PopAsync([1]))!.Value.Bytes.ToArray());
        Assert.Null(await PopAsync([1]));
        Assert.Null(Find([1]));
    }

    [Fact]
    public async Task Clear_AndSweep_LeavesOnlyWhatCameAfter()
    {
        for (byte key = 0; key < 200; key++)
        {
            await PutAsync([key], key);
        }

        await store.WriteAsync(write => DictEntryStore.Clear(write, caller, dict));
        Assert.Equal(0, Count());
        await PutAsync([1], 9);
        await using var sweeper = new DictSweeper(store, new DictUses(clock), new Standing(clock), failure => throw failure);

        await sweeper.SweepAsync(default);

        Assert.Equal(9, Get([1]));
        Assert.Equal(1, CountRows());
    }

    [Fact]
    public async Task List_PageByPage_ComesInTheOrderOfTheKeysAndWithinTheBounds()
    {
        foreach (byte key in new byte[] { 3, 1, 2, 0 })
        {
            await PutAsync([key], key);
        }

        IReadOnlyList<DictEntryRecord> first = store.Read(read => DictEntries.List(read, Generation(read), null, default, 3, bytesMax: 1));
        IReadOnlyList<DictEntryRecord> rest = store.Read(read => DictEntries.ListKeys(read, Generation(read), first[^1].Key, default, 10));

        Assert.Equal([0, 1], first.Select(entry => entry.Key[0]));
        Assert.Equal([2, 3], rest.Select(entry => entry.Key[0]));
    }

    [Fact]
    public async Task AnyCall_OfADeletedDict_IsNotFoundAndItsEntriesGo()
    {
        await PutAsync([1], 1);
        await store.WriteAsync(write => ObjectDirectory.Delete<DictId>(write, caller, dict));

        Assert.Equal(ErrorKind.NotFound, (await Assert.ThrowsAsync<ApplianceException>(() => PutAsync([1], 1))).Kind);
        var contents = new DictContents();
        while (!await store.WriteAsync(write => contents.RemoveSome(write, dict)))
        {
            // More of them.
        }

        Assert.Equal(0, CountRows());
    }

    private Task PutAsync(byte[] key, byte value) => store.WriteAsync(write =>
        DictEntryStore.Put(write, Generation(write), key, new StoredValue(new[] { value }, null)));

    private Task<bool> TryAddAsync(byte[] key, byte value) => store.WriteAsync(write =>
        DictEntryStore.TryAdd(write, Generation(write), key, new StoredValue(new[] { value }, null)));

    private async Task<StoredValue?> PopAsync(byte[] key) => await store.WriteAsync(write => DictEntryStore.Pop(write, caller, dict, key));

    private DictEntryRecord? Find(byte[] key) =>
        store.Read(read => DictEntries.Find(read, Generation(read), key, DictEntryStore.LiveSince(clock.Now)));

    private byte Get(byte[] key) => Find(key)!.Value.Value.Bytes.Span[0];

    private long Count() => store.Read(read => DictEntries.Count(read, Generation(read), DictEntryStore.LiveSince(clock.Now), 100));

    private long CountRows() => store.Read(read => read.Prepare("SELECT count(*) FROM dict_entries").ReadAll(row => row.GetInteger(0))[0]);

    private long Generation() => store.Read(Generation);

    private long Generation(Appliance.Metadata.Transactions.ReadTransaction read) => DictEntryStore.CurrentGeneration(read, caller, dict);

    /// <summary>Tells the time of another clock, and never fires.</summary>
    private sealed class Standing(TimeProvider time) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
