using System.Diagnostics;
using Appliance.Blocks;
using Appliance.Blocks.Disk;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Tests.Metadata;

namespace Appliance.Tests.Blocks;

public sealed class FullDiskTests
{
    [MountFact]
    public async Task Put_DiskIsFull_SaysSoAndTheStoreStaysUsable()
    {
        string mount = Directory.CreateTempSubdirectory("appliance-full-").FullName;
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", mount);
        try
        {
            await FillAsync(mount);
        }
        finally
        {
            await RunAsync("umount", mount);
            Directory.Delete(mount);
        }
    }

    private static async Task FillAsync(string mount)
    {
        await using BlockStore store = BlockStore.Open(mount, new FakeReferences(), TimeProvider.System);
        byte[] small = StoreFixture.Content(seed: 1, 1024 * 1024);
        byte[] large = StoreFixture.Content(seed: 2, 7 * 1024 * 1024);
        (await store.PutAsync(small, default)).Dispose();
        for (int round = 0; round < 3; round++)
        {
            ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(
                () => store.PutAsync(new MemoryStream(large), Digest.Of(large), default));
            Assert.Equal(ErrorKind.ResourceExhausted, failure.Kind);
            Assert.Contains(mount, failure.Message);
            Assert.Empty(Directory.GetFiles(Path.Combine(mount, "tmp")));
        }

        Assert.True(store.Exists(Digest.Of(small)));
        Assert.False(store.Exists(Digest.Of(large)));
        Digest another = await PutAsync(store, StoreFixture.Content(seed: 3, 1024 * 1024));
        Assert.True(store.Exists(another));
    }

    private static async Task<Digest> PutAsync(BlockStore store, byte[] content)
    {
        using Appliance.Blocks.Leases.BlockLease lease = await store.PutAsync(content, default);
        return lease.Digest;
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
