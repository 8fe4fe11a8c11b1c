using Appliance.Core.Errors;
using Appliance.Metadata;
using Appliance.Metadata.Identity;
using Appliance.Metadata.Settings;
using Appliance.Metadata.Sqlite;
using Xunit;

namespace Appliance.Tests.Metadata;

public sealed class BrokenStorageTests : IDisposable
{
    private readonly TestDirectory directory = new();

    [Fact]
    public async Task OpenAsync_NotADatabase_IsDataLossAndTouchesNothing()
    {
        byte[] text = [.. Enumerable.Repeat((byte)'x', 8_192)];
        await File.WriteAllBytesAsync(directory.Database, text);

        ApplianceException failure = await FailToOpenAsync();
        Assert.Equal(ErrorKind.DataLoss, failure.Kind);
        Assert.Contains(directory.Database, failure.Message, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllBytesAsync(directory.Database));
    }

    [Fact]
    public async Task OpenAsync_PagesOverwrittenAndStopUnclean_IsDataLoss()
    {
        await FillAsync();
        File.Delete(Path.Combine(directory.Path, "LOCK"));
        await using (FileStream file = File.Open(directory.Database, FileMode.Open))
        {
            file.Position = file.Length / 2;
            file.Write(new byte[20_000]);
        }

        ApplianceException failure = await FailToOpenAsync();
        Assert.Equal(ErrorKind.DataLoss, failure.Kind);
        Assert.Contains("put a backup in its place", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_FileCutShort_IsDataLoss()
    {
        await FillAsync();
        File.Delete(Path.Combine(directory.Path, "LOCK"));
        await using (FileStream file = File.Open(directory.Database, FileMode.Open))
        {
            file.SetLength(file.Length / 2);
        }

        Assert.Equal(ErrorKind.DataLoss, (await FailToOpenAsync()).Kind);
    }

    [Fact]
    public async Task OpenAsync_ForeignDatabase_IsRefused()
    {
        await File.WriteAllBytesAsync(directory.Database, []);
        using (Connection foreign = Connection.OpenWriter(directory.Database, TimeSpan.Zero))
        {
            foreign.Execute("CREATE TABLE diary (entry TEXT)");
        }

        ApplianceException failure = await FailToOpenAsync();
        Assert.Equal(ErrorKind.FailedPrecondition, failure.Kind);
        Assert.Contains("not an appliance's database", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_DirectoryInUse_IsUnavailableAndNamesTheProcess()
    {
        await using MetadataStore holder = await directory.OpenAsync();

        ApplianceException failure = await FailToOpenAsync();
        Assert.Equal(ErrorKind.Unavailable, failure.Kind);
        Assert.Contains($"(pid {Environment.ProcessId})", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_PathIsAFile_IsFailedPrecondition()
    {
        string file = Path.Combine(directory.Path, "file");
        await File.WriteAllTextAsync(file, "x");

        var failure = await Assert.ThrowsAsync<ApplianceException>(() => MetadataStore.OpenAsync(file, TimeProvider.System));
        Assert.Equal(ErrorKind.FailedPrecondition, failure.Kind);
    }

    [MountFact]
    public async Task OpenAsync_ReadOnlyDisk_IsFailedPrecondition()
    {
        using var mount = new TestMount(sizeKib: 4_096);
        await (await MetadataStore.OpenAsync(mount.Path, TimeProvider.System)).DisposeAsync();
        mount.MakeReadOnly();

        var failure = await Assert.ThrowsAsync<ApplianceException>(
            () => MetadataStore.OpenAsync(mount.Path, TimeProvider.System));
        Assert.Equal(ErrorKind.FailedPrecondition, failure.Kind);
        Assert.Contains("cannot be written", failure.Message, StringComparison.Ordinal);
    }

    [MountFact]
    public async Task OpenAsync_NoSpaceAtAll_IsResourceExhausted()
    {
        using var mount = new TestMount(sizeKib: 64);
        await File.WriteAllBytesAsync(Path.Combine(mount.Path, "ballast"), new byte[64 * 1024 - 4_096]);

        var failure = await Assert.ThrowsAsync<ApplianceException>(
            () => MetadataStore.OpenAsync(mount.Path, TimeProvider.System));
        Assert.Equal(ErrorKind.ResourceExhausted, failure.Kind);
    }

    [MountFact]
    public async Task WriteAsync_DiskFull_TellsEveryCallerOfTheGroupAndLosesNothing()
    {
        using var mount = new TestMount(sizeKib: 4_096);
        var acknowledged = new List<string>();
        await using (MetadataStore store = await MetadataStore.OpenAsync(mount.Path, TimeProvider.System))
        {
            string ballast = Path.Combine(mount.Path, "ballast");
            await File.WriteAllBytesAsync(ballast, new byte[512 * 1024]);
            ApplianceException failure = await WriteUntilFullAsync(store, acknowledged);
            Assert.Equal(ErrorKind.ResourceExhausted, failure.Kind);
            Assert.Contains($"'{mount.Path}' is full", failure.Message, StringComparison.Ordinal);
            Assert.Equal(acknowledged.Order(), Names(store));

            File.Delete(ballast);
            await store.WriteAsync(write => Workspaces.Ensure(write, "after"));
            acknowledged.Add("after");
        }

        await using MetadataStore again = await MetadataStore.OpenAsync(mount.Path, TimeProvider.System);
        Assert.Equal(acknowledged.Order(), Names(again));
    }

    public void Dispose() => directory.Dispose();

    private static IEnumerable<string> Names(MetadataStore store) =>
        store.Read(Workspaces.List).Select(workspace => workspace.Name).Order();

    private static async Task<ApplianceException> WriteUntilFullAsync(MetadataStore store, List<string> acknowledged)
    {
        string filler = new('x', 5_000);
        for (int round = 0; round < 1_000; round++)
        {
            Task<WorkspaceRecord>[] group = [.. Enumerable.Range(0, 8).Select(number =>
                store.WriteAsync(write => Workspaces.Ensure(write, $"{round}-{number}-{filler}")))];
            try
            {
                await Task.WhenAll(group);
            }
            catch (ApplianceException failure)
            {
                acknowledged.AddRange(group.Where(write => write.IsCompletedSuccessfully).Select(write => write.Result.Name));
                return failure;
            }

            acknowledged.AddRange(group.Select(write => write.Result.Name));
        }

        throw new InvalidOperationException("the disk never filled up");
    }

    private async Task FillAsync()
    {
        await using MetadataStore store = await directory.OpenAsync();
        await store.WriteAsync(write =>
        {
            for (int number = 0; number < 2_000; number++)
            {
                Workspaces.Ensure(write, $"{number}-{new string('x', 100)}");
            }
        });
        await store.WriteAsync(write => StoredSettings.Write(write, "key", new byte[100]));
    }

    private Task<ApplianceException> FailToOpenAsync() =>
        Assert.ThrowsAsync<ApplianceException>(() => directory.OpenAsync());
}
