using Appliance.Core.Errors;
using Appliance.Metadata;
using Appliance.Metadata.Identity;
using Appliance.Metadata.Settings;
using Xunit;

namespace Appliance.Tests.Metadata;

public sealed class MetadataStoreTests : IDisposable
{
    private readonly TestDirectory directory = new();

    [Fact]
    public async Task Read_AfterAcknowledgedWrite_SeesIt()
    {
        await using MetadataStore store = await directory.OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async caller =>
        {
            for (byte round = 0; round < 50; round++)
            {
                byte[] value = [round];
                await store.WriteAsync(write => StoredSettings.Write(write, $"key-{caller}", value));
                Assert.Equal(value, store.Read(read => StoredSettings.Find(read, $"key-{caller}")));
            }
        }));
    }

    [Fact]
    public async Task OpenAsync_AfterCleanStop_FindsEverythingAndChecksNothing()
    {
        await using (MetadataStore first = await directory.OpenAsync())
        {
            Assert.True(first.Opened.WasCreated);
            Assert.Equal(0, first.Opened.SchemaBefore);
            await first.WriteAsync(write => Workspaces.Ensure(write, "home"));
        }

        Assert.False(File.Exists(directory.Database + "-wal"));
        await using MetadataStore second = await directory.OpenAsync();
        Assert.False(second.Opened.WasCreated);
        Assert.Null(second.Opened.IntegrityCheckTime);
        Assert.Equal(second.Opened.SchemaAfter, second.Opened.SchemaBefore);
        Assert.Null(second.Opened.Copy);
        Assert.NotNull(second.Read(read => Workspaces.FindByName(read, "home")));
    }

    [Fact]
    public async Task OpenAsync_NewDatabase_IsReadableByItsOwnerOnly()
    {
        await using MetadataStore store = await directory.OpenAsync();
        await store.WriteAsync(write => Workspaces.Ensure(write, "home"));

        foreach (string file in Directory.EnumerateFiles(directory.Path))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public async Task Read_InsideAnotherRead_IsRefused()
    {
        await using MetadataStore store = await directory.OpenAsync();

        Assert.Throws<InvalidOperationException>(
            () => store.Read(_ => store.Read(read => Workspaces.FindByName(read, "home"))));
    }

    [Fact]
    public async Task Read_TransactionKeptBeyondItsFunction_IsRefused()
    {
        await using MetadataStore store = await directory.OpenAsync();
        var kept = store.Read(read => read);

        Assert.Throws<InvalidOperationException>(() => Workspaces.FindByName(kept, "home"));
    }

    [Fact]
    public async Task Read_DuringLaterWrites_StaysOnItsSnapshot()
    {
        await using MetadataStore store = await directory.OpenAsync();
        await store.WriteAsync(write => Workspaces.Ensure(write, "one"));

        int seen = store.Read(read =>
        {
            int before = Workspaces.List(read).Count;
            using var written = new ManualResetEventSlim();
            _ = store.WriteAsync(write => Workspaces.Ensure(write, "two")).ContinueWith(_ => written.Set(), TaskScheduler.Default);
            written.Wait();
            return Workspaces.List(read).Count - before;
        });

        Assert.Equal(0, seen);
        Assert.Equal(2, store.Read(Workspaces.List).Count);
    }

    [Fact]
    public async Task DisposeAsync_WithQueuedWrites_FinishesThemAndRefusesLaterOnes()
    {
        MetadataStore store = await directory.OpenAsync();
        Task[] queued = [.. Enumerable.Range(0, 100).Select(
            number => store.WriteAsync(write => Workspaces.Ensure(write, $"w{number}")))];
        await store.DisposeAsync();

        await Task.WhenAll(queued);
        var refused = await Assert.ThrowsAsync<ApplianceException>(
            () => store.WriteAsync(write => Workspaces.Ensure(write, "late")));
        Assert.Equal(ErrorKind.Unavailable, refused.Kind);
        Assert.Throws<ApplianceException>(() => store.Read(Workspaces.List));
        await using MetadataStore again = await directory.OpenAsync();
        Assert.Equal(100, again.Read(Workspaces.List).Count);
    }

    [Fact]
    public async Task BackupTo_WhileWriting_WritesAnOpenableSnapshot()
    {
        await using MetadataStore store = await directory.OpenAsync();
        await store.WriteAsync(write => Workspaces.Ensure(write, "kept"));
        using var target = new TestDirectory();
        Task[] writes = [.. Enumerable.Range(0, 200).Select(
            number => store.WriteAsync(write => Workspaces.Ensure(write, $"w{number}")))];
        store.BackupTo(target.Database);
        await Task.WhenAll(writes);

        await using (MetadataStore copy = await target.OpenAsync())
        {
            Assert.NotNull(copy.Read(read => Workspaces.FindByName(read, "kept")));
            Assert.NotNull(copy.Opened.IntegrityCheckTime);
        }

        var refused = Assert.Throws<ApplianceException>(() => store.BackupTo(target.Database));
        Assert.Equal(ErrorKind.AlreadyExists, refused.Kind);
    }

    public void Dispose() => directory.Dispose();
}
