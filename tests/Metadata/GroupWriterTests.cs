using Appliance.Core.Errors;
using Appliance.Metadata;
using Appliance.Metadata.Identity;
using Appliance.Metadata.Sqlite;
using Xunit;

namespace Appliance.Tests.Metadata;

public sealed class GroupWriterTests : IDisposable
{
    private readonly TestDirectory directory = new();

    [Fact]
    public async Task WriteAsync_OneOfAGroupThrows_UndoesAndTellsOnlyThatOne()
    {
        await using MetadataStore store = await directory.OpenAsync();
        using var gate = new WriterGate(store);
        Task<WorkspaceRecord>[] writes = [.. Enumerable.Range(0, 9).Select(number => store.WriteAsync(write =>
        {
            WorkspaceRecord record = Workspaces.Ensure(write, $"w{number}");
            return number == 4 ? throw new InvalidOperationException("four") : record;
        }))];
        gate.Open();

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => writes[4]);
        Assert.Equal("four", failure.Message);
        await Task.WhenAll(writes.Where((_, number) => number != 4));
        Assert.Equal(
            ["w0", "w1", "w2", "w3", "w5", "w6", "w7", "w8"],
            store.Read(Workspaces.List).Select(workspace => workspace.Name));
    }

    [Fact]
    public async Task WriteAsync_WorkLeavesAStatementOpenAndThrows_TheNextOneIsUnharmed()
    {
        await using MetadataStore store = await directory.OpenAsync();
        const string sql = "SELECT name FROM workspaces";
        await store.WriteAsync(write => Workspaces.Ensure(write, "home"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => store.WriteAsync(write =>
        {
            write.Prepare(sql).Step();
            throw new InvalidOperationException();
        }));

        Assert.Equal(["home"], await store.WriteAsync(write => write.Prepare(sql).ReadAll(row => row.GetText(0))));
    }

    [Fact]
    public async Task WriteAsync_WorkEndsTheTransactionItself_FailsTheGroupAndKeepsNothingOfIt()
    {
        await using MetadataStore store = await directory.OpenAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => store.WriteAsync(write =>
        {
            Workspaces.Ensure(write, "lost");
            write.Prepare("ROLLBACK").Run();
            Workspaces.Ensure(write, "never alone");
        }));
        await store.WriteAsync(write => Workspaces.Ensure(write, "next"));

        Assert.Equal(["next"], store.Read(Workspaces.List).Select(workspace => workspace.Name));
    }

    [Fact]
    public async Task WriteAsync_CancelledBeforeItsTurn_IsNotRun()
    {
        await using MetadataStore store = await directory.OpenAsync();
        using var cancellation = new CancellationTokenSource();
        using var gate = new WriterGate(store);
        Task<WorkspaceRecord> write = store.WriteAsync(write => Workspaces.Ensure(write, "gone"), cancellation.Token);
        await cancellation.CancelAsync();
        gate.Open();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
        Assert.Empty(store.Read(Workspaces.List));
    }

    [Fact]
    public async Task WriteAsync_QueueFull_WaitsForAPlaceAndThenRuns()
    {
        await using MetadataStore store = await directory.OpenAsync(new MetadataSettings { QueueLengthMax = 2, GroupSizeMax = 1 });
        using var cancellation = new CancellationTokenSource();
        using var gate = new WriterGate(store);
        Task[] writes = [.. Enumerable.Range(0, 8).Select(number => store.WriteAsync(write => Workspaces.Ensure(write, $"w{number}")))];
        Task<WorkspaceRecord> withdrawn = store.WriteAsync(write => Workspaces.Ensure(write, "gone"), cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => withdrawn);
        Assert.All(writes, write => Assert.False(write.IsCompleted));
        gate.Open();

        await Task.WhenAll(writes);
        Assert.Equal(8, store.Read(Workspaces.List).Count);
    }

    [Fact]
    public async Task WriteAsync_ForeignProgramHoldsTheLock_IsUnavailableAndLaterWorks()
    {
        await using MetadataStore store = await directory.OpenAsync(new MetadataSettings { BusyTimeout = TimeSpan.FromMilliseconds(20) });
        using (Connection foreign = Connection.OpenWriter(directory.Database, TimeSpan.Zero))
        {
            foreign.Execute("BEGIN IMMEDIATE");
            var failure = await Assert.ThrowsAsync<ApplianceException>(
                () => store.WriteAsync(write => Workspaces.Ensure(write, "home")));
            Assert.Equal(ErrorKind.Unavailable, failure.Kind);
            Assert.Contains("locked by another program", failure.Message, StringComparison.Ordinal);
        }

        await store.WriteAsync(write => Workspaces.Ensure(write, "home"));
        Assert.Single(store.Read(Workspaces.List));
    }

    [Fact]
    public async Task WriteAsync_ManyPages_TheLogStaysBounded()
    {
        await using MetadataStore store = await directory.OpenAsync();
        byte[] value = new byte[64 * 1024];
        for (int round = 0; round < 1_000; round++)
        {
            await store.WriteAsync(write => Appliance.Metadata.Settings.StoredSettings.Write(write, $"key-{round % 7}", value));
        }

        Assert.Null(store.CheckpointFailure);
        Assert.InRange(new FileInfo(directory.Database + "-wal").Length, 1, 16 * 1024 * 1024);
    }

    public void Dispose() => directory.Dispose();

    /// <summary>Holds the writer inside a transaction, so that what is queued meanwhile becomes one group.</summary>
    private sealed class WriterGate : IDisposable
    {
        private readonly ManualResetEventSlim isOpen = new();
        private readonly Task held;

        public WriterGate(MetadataStore store)
        {
            using var entered = new ManualResetEventSlim();
            held = store.WriteAsync(_ =>
            {
                entered.Set();
                isOpen.Wait();
            });
            entered.Wait();
        }

        public void Open() => isOpen.Set();

        public void Dispose()
        {
            isOpen.Set();
            held.Wait();
            isOpen.Dispose();
        }
    }
}
