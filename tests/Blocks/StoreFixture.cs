using Appliance.Blocks;
using Appliance.Blocks.Disk;
using Appliance.Blocks.Leases;
using Appliance.Core.Digests;
using Appliance.Core.Errors;

namespace Appliance.Tests.Blocks;

/// <summary>A block store in a directory of its own, and the questions that tests ask of it.</summary>
internal sealed class StoreFixture : IAsyncDisposable
{
    private BlockDisk disk;

    public StoreFixture()
    {
        Directory = NewDirectory();
        (disk, Steps, Store) = Open();
    }

    public string Directory { get; }

    public FakeClock Clock { get; } = new();

    public FakeReferences References { get; } = new();

    public StepDisk Steps { get; private set; }

    public BlockStore Store { get; private set; }

    /// <summary>A new empty directory, in memory where there is such a place: tests open hundreds of stores.</summary>
    public static string NewDirectory()
    {
        string root = System.IO.Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        return System.IO.Directory.CreateDirectory(Path.Combine(root, $"appliance-blocks-{Guid.NewGuid():n}")).FullName;
    }

    public static byte[] Content(int seed, int lengthBytes)
    {
        byte[] content = new byte[lengthBytes];
        new Random(seed).NextBytes(content);
        return content;
    }

    /// <summary>Drops the end of the stored bytes, as a file system check might.</summary>
    public void CutShort(Digest digest, int lengthBytes)
    {
        byte[] bytes = File.ReadAllBytes(PathOf(digest));
        File.Delete(PathOf(digest));
        File.WriteAllBytes(PathOf(digest), bytes[..lengthBytes]);
    }

    public async Task ReopenAsync()
    {
        await CloseAsync();
        (disk, Steps, Store) = Open();
    }

    public async Task<Digest> PutAsync(byte[] content)
    {
        using BlockLease lease = await Store.PutAsync(content, CancellationToken.None);
        return lease.Digest;
    }

    public async Task<byte[]> ReadAsync(Digest digest)
    {
        using var copy = new MemoryStream();
        await Store.CopyVerifiedToAsync(digest, copy, CancellationToken.None);
        return copy.ToArray();
    }

    public string PathOf(Digest digest) => new BlockLayout(Directory).Block(digest);

    public string[] FilesIn(string name) => System.IO.Directory.GetFiles(Path.Combine(Directory, name));

    public async Task<ErrorKind> FailureOfAsync(Task work) => (await Assert.ThrowsAsync<ApplianceException>(() => work)).Kind;

    /// <summary>Changes one bit of the stored bytes, as a failing disk would.</summary>
    public void FlipBit(Digest digest, int offset)
    {
        byte[] bytes = File.ReadAllBytes(PathOf(digest));
        bytes[offset] ^= 1;
        File.Delete(PathOf(digest));
        File.WriteAllBytes(PathOf(digest), bytes);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private async Task CloseAsync()
    {
        await Store.DisposeAsync();
        disk.Dispose();
    }

    private (BlockDisk Disk, StepDisk Steps, BlockStore Store) Open()
    {
        BlockDisk opened = BlockDisk.Open(Directory, Clock);
        var steps = new StepDisk(opened);
        return (opened, steps, new BlockStore(steps, References, Clock));
    }
}
