using Appliance.Metadata;
using Appliance.Metadata.Identity;
using Xunit;

namespace Appliance.Tests.Metadata;

/// <summary>What a crash leaves is a copy of the files at some instant; these open such copies.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Acknowledged = 300;
    private readonly TestDirectory directory = new();

    [Fact]
    public async Task OpenAsync_CrashedInsideATransaction_KeepsExactlyWhatWasAcknowledged()
    {
        using TestDirectory crashed = await CrashAsync();
        await using MetadataStore store = await crashed.OpenAsync();

        Assert.NotNull(store.Opened.IntegrityCheckTime);
        Assert.Equal(Acknowledged, store.Read(Workspaces.List).Count);
    }

    [Fact]
    public async Task OpenAsync_GarbageAfterTheLastCommit_KeepsEverything()
    {
        using TestDirectory crashed = await CrashAsync();
        byte[] garbage = new byte[10_000];
        new Random(1).NextBytes(garbage);
        await using (FileStream log = File.Open(crashed.Database + "-wal", FileMode.Append))
        {
            log.Write(garbage);
        }

        await using MetadataStore store = await crashed.OpenAsync();
        Assert.Equal(Acknowledged, store.Read(Workspaces.List).Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5_000)]
    [InlineData(60_000)]
    public async Task OpenAsync_LogTorn_KeepsAWholePrefix(int bytesLost)
    {
        using TestDirectory crashed = await CrashAsync();
        await using (FileStream log = File.Open(crashed.Database + "-wal", FileMode.Open))
        {
            log.SetLength(log.Length - bytesLost);
        }

        await using MetadataStore store = await crashed.OpenAsync();
        List<int> numbers = [.. store.Read(Workspaces.List).Select(workspace => int.Parse(workspace.Name)).Order()];
        Assert.Equal(Enumerable.Range(0, numbers.Count), numbers);
        Assert.InRange(numbers.Count, 1, Acknowledged);
    }

    [Fact]
    public async Task OpenAsync_CrashedRightAfterCreation_StartsAnew()
    {
        await File.WriteAllBytesAsync(directory.Database, []);
        await using MetadataStore store = await directory.OpenAsync();

        Assert.True(store.Opened.WasCreated);
    }

    [Fact]
    public async Task OpenAsync_AfterAFailedOpeningOfACleanDatabase_NeedsNoCheck()
    {
        await (await directory.OpenAsync()).DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => Task.Run(() => Appliance.Metadata.Opening.StoreOpening.Open(
            directory.Path, TimeProvider.System, new MetadataSettings(), [])));

        await using MetadataStore store = await directory.OpenAsync();
        Assert.Null(store.Opened.IntegrityCheckTime);
    }

    public void Dispose() => directory.Dispose();

    private async Task<TestDirectory> CrashAsync()
    {
        await using MetadataStore store = await directory.OpenAsync();
        for (int number = 0; number < Acknowledged; number++)
        {
            await store.WriteAsync(write => Workspaces.Ensure(write, $"{number}"));
        }

        return await store.WriteAsync(write =>
        {
            Workspaces.Ensure(write, "unacknowledged");
            return directory.CopyAsCrashed();
        });
    }
}
